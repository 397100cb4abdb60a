package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.schemas.Alert;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Faults of the topology and of the brokers, one after the other: real processes of the
/// distribution, and what became of every record and alert. `make faults` runs all, and writes
/// `deploy/FAULTS.md`.
///
/// Each is told the same [Story] as the undisturbed run, so its alerts must be the same records.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopologyFaultsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Instant until = Instant.now().truncatedTo(ChronoUnit.MINUTES);
  private final FaultTable table = FaultTable.ofThisRun();
  private FaultBench bench;
  private Brokers brokers;
  private List<Alert> undisturbed = List.of();

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    bench = new FaultBench(temporary);
    brokers = bench.brokers();
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      var story = new Story(until);
      topology.send(story::first);
      topology.awaitQuiet();
      topology.send(story::second);
      topology.awaitQuiet();
      undisturbed = topology.alerts();
    }
    assertThat(undisturbed)
        .extracting(Alert::getHost)
        .as("the story has one slow host")
        .containsOnly("web-1");
  }

  @AfterAll
  void stop() throws Exception {
    bench.close();
  }

  private interface Action {
    void run() throws Exception;
  }

  private void fault(String name, TopologyUnderTest topology, Action begin) throws Exception {
    fault(name, topology, begin, () -> {});
  }

  /// Runs the story with a fault, and adds its row.
  ///
  /// @param begin what breaks
  /// @param end what mends it
  private void fault(String name, TopologyUnderTest topology, Action begin, Action end)
      throws Exception {
    var story = new Story(until);
    topology.send(story::first);
    topology.awaitQuiet();
    begin.run();
    topology.send(story::second);
    end.run();
    var ended = Instant.now();

    Awaitility.await(name + ": the alerts of the undisturbed run")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(topology.alerts()).isEqualTo(undisturbed));
    var recovered = Duration.between(ended, Instant.now());
    var seen = topology.alerts();
    var row =
        FaultTable.ofAlerts(
            story.records(),
            topology.delivered(),
            (long) topology.lost(),
            undisturbed.size(),
            seen,
            topology.repeats(),
            recovered);
    table.add(name, row);
    assertThat(row.duplicates()).isZero();
    assertThat(topology.lost()).isZero();
  }

  @Test
  void should_judge_on_when_the_topology_is_killed_and_started_again() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      fault(
          "topology killed (kill -9) and started again",
          topology,
          () -> topology.instance(0).kill(),
          () -> topology.instance(0).start());
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_the_state_directory_is_lost() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      fault(
          "topology killed, its state directory lost",
          topology,
          () -> {
            topology.instance(0).kill();
            Utils.delete(topology.state(0).toFile());
          },
          () -> topology.instance(0).start());
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_another_instance_takes_over() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 2)) {
      topology.start(0);
      topology.start(1);
      fault("one of two instances killed", topology, topology.instance(0)::kill);
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_a_standby_takes_over_and_a_third_instance_joins() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 3, "stream.standby-replicas=1")) {
      topology.start(0);
      topology.start(1);
      fault(
          "one of two instances with standby killed, a third joins",
          topology,
          () -> {
            topology.instance(0).kill();
            topology.instance(2).start();
          });
    }
  }

  @Test
  void should_judge_on_when_a_broker_is_killed_that_leads_the_telemetry() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      var leader = brokers.leader(topology.topics().authTiming().name(), 0);
      kill("leading broker killed (kill -9) and started again", topology, leader);
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_the_active_controller_is_killed() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      kill("active controller killed and started again", topology, brokers.controller());
    }
  }

  private void kill(String name, TopologyUnderTest topology, Brokers.Broker broker)
      throws Exception {
    fault(
        name,
        topology,
        () -> broker.program().kill(),
        () -> {
          broker.program().start();
          brokers.awaitAll();
        });
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_all_brokers_were_away() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      fault(
          "all brokers killed (kill -9) for 40 s under a running topology",
          topology,
          () -> {},
          () -> {
            brokers.all().forEach(broker -> broker.program().kill());
            Thread.sleep(40_000);
            assertThat(topology.instance(0).healthy()).isTrue();
            assertThat(topology.instance(0).waitsFor()).contains("no answer from Kafka");
            brokers.all().forEach(broker -> broker.program().start());
            brokers.awaitAll();
          });
      assertThat(topology.instance(0).alive()).isTrue();
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_two_brokers_do_not_reach_each_other() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      var one = brokers.all().get(0).machine();
      var other = brokers.all().get(1).machine();
      fault(
          "network cut between two brokers for 20 s",
          topology,
          () -> one.cutFrom(other),
          () -> {
            Thread.sleep(20_000);
            one.mendFrom(other);
          });
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_a_broker_is_cut_off() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      var machine = brokers.all().get(2).machine();
      fault(
          "one broker cut off for 20 s",
          topology,
          () -> machine.cut(),
          () -> {
            Thread.sleep(20_000);
            machine.mend();
          });
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_the_clock_of_a_host_steps_back_and_forth() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      fault(
          "clock of a fourth host steps 1 h back, then 65 min forth",
          topology,
          () -> {
            var host = new SyntheticHost("web-4", 4);
            var usual = SyntheticHost.USUAL_STARTUP;
            var step = until.minus(Duration.ofHours(2));
            topology.send(
                sender -> {
                  sender.history(host, step.minus(Duration.ofHours(1)), step, usual);
                  sender.history(host, step.minus(Duration.ofHours(1)), step, usual);
                  sender.history(host, step.plus(Duration.ofMinutes(5)), until, usual);
                });
          });
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_the_disk_of_the_state_was_full() throws Exception {
    var disk = bench.directory().resolve("disk-of-state");
    try (var _ = FaultBench.mount(disk, "400m");
        var topology = new TopologyUnderTest(bench, 1, disk)) {
      topology.start(0);
      fault(
          "disk of the topology's state full",
          topology,
          () -> FaultBench.fill(disk.resolve("filler")),
          () -> {
            Thread.sleep(10_000);
            Files.delete(disk.resolve("filler"));
          });
      assertThat(topology.instance(0).alive()).isTrue();
    }
  }

  @Test
  @Tag("faults")
  void should_judge_on_when_the_disk_of_a_broker_was_full() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      var broker = brokers.all().getLast();
      fault(
          "disk of one broker full, broker started again",
          topology,
          () -> FaultBench.fill(bench.disk(broker.id()).resolve("filler")),
          () -> {
            Thread.sleep(10_000);
            Files.delete(bench.disk(broker.id()).resolve("filler"));
            broker.program().kill();
            broker.program().start();
            brokers.awaitAll();
          });
    }
  }

  @Test
  @Tag("faults")
  void should_say_what_to_do_when_a_topic_was_deleted_and_judge_on_when_it_is_there_again()
      throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      var instance = topology.instance(0);
      fault(
          "an input topic deleted, made again by topics apply",
          topology,
          () -> {
            instance.kill();
            try (var admin = bench.admin()) {
              admin.deleteTopics(List.of(topology.topics().selfTest().name())).all().get();
            }
            instance.start();
            instance.await(
                "it says which topic it waits for",
                () -> instance.waitsFor().contains(topology.topics().selfTest().name()));
            assertThat(instance.waitsFor()).contains("topics apply");
          },
          () -> bench.topics(topology.prefix()));
    }
  }

  @Test
  @Tag("faults")
  void should_put_poison_of_every_topic_aside_and_judge_on() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1)) {
      topology.start(0);
      fault("poison on every topic, internal ones too", topology, () -> poison(topology));
      assertThat(topology.instance(0).metric("halfsecond_dead_letters_total")).isPositive();
    }
  }

  private void poison(TopologyUnderTest topology) throws Exception {
    var bytes =
        new byte[][] {{}, {(byte) 0xC3, 1}, "not a record".getBytes(StandardCharsets.UTF_8), null};
    try (var admin = bench.admin();
        var producer =
            new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", brokers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      for (var topic : admin.listTopics().names().get()) {
        boolean own =
            topic.startsWith(topology.prefix())
                || (topic.startsWith(topology.prefix().replace('.', '-'))
                    && topic.endsWith("-repartition"));
        // What subscribers read is not the topology's input.
        if (own && !topic.endsWith("alerts") && !topic.endsWith("dead-letters")) {
          for (var value : bytes) {
            for (var key :
                new byte[][] {"web-1".getBytes(StandardCharsets.UTF_8), {(byte) 0xff}, null}) {
              if (key != null || !topic.matches(".*(fingerprint|schemas)")) {
                producer.send(new ProducerRecord<>(topic, key, value)).get();
              }
            }
          }
        }
      }
    }
  }

  @Test
  @Tag("faults")
  void should_keep_memory_and_series_bounded_when_100_000_host_names_are_invented()
      throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1, "stream.max-hosts=500")) {
      topology.start(0);
      fault(
          "100,000 invented host names, stream.max-hosts=500",
          topology,
          () -> {
            topology.send(
                sender -> {
                  for (int n = 0; n < 100_000; n++) {
                    sender.send(new SyntheticHost("invented-" + n, n).heartbeat(until));
                  }
                });
          });
      assertThat(topology.instance(0).metrics().lines().count()).isLessThan(60_000);
      assertThat(topology.instance(0).residentBytes()).isLessThan(1_500_000_000L);
    }
  }
}
