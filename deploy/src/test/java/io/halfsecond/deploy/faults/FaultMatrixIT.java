package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// One fault after the other: real processes of the distribution, three brokers, and what became of
/// every record and alert. `make faults` runs it and writes `deploy/FAULTS.md`.
///
/// A fault of the topology is told by the same [Story] as the undisturbed run, so its alerts must
/// be the same records. A fault of a collector is told by the lines of a log: what was logged is
/// delivered once, or counted as lost.
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrixIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int PARTITIONS = 3;
  private static final int BROKERS = 3;
  private static final int BURST = 40;
  private static final String HOST = "host-under-test";

  private final Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES);

  private Path directory = Path.of("");
  private final FaultTable table =
      new FaultTable(Path.of(System.getProperty("faults.table", "target/faults.md")));
  private final List<AutoCloseable> started = new ArrayList<>();
  private Network network;
  private Brokers brokers;
  private List<Alert> undisturbed = List.of();
  private int rows;

  /// What breaks, and what mends it.
  private interface Fault {
    void begin() throws Exception;

    default void end() throws Exception {}
  }

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    // Beside a run of somebody else's.
    network = new Network("hs" + ProcessHandle.current().pid() % 100_000);
    started.add(network);
    // The last one has a disk of its own, which a test can fill.
    Files.createDirectories(disk(BROKERS));
    run("mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", disk(BROKERS).toString());
    started.add(() -> run("umount", "-l", disk(BROKERS).toString()));
    brokers = Brokers.start(network, directory, BROKERS, n -> disk(n).resolve("kafka"));
    started.add(brokers);
    try (var topology = new Topology(1)) {
      topology.start(0);
      undisturbed = topology.tell(() -> {}, () -> {});
    }
    assertThat(undisturbed)
        .extracting(Alert::getHost)
        .as("the story has one slow host")
        .containsOnly("web-1");
  }

  @AfterAll
  void stop() throws Exception {
    for (var each : started.reversed()) {
      each.close();
    }
  }

  private Path disk(int broker) {
    return directory.resolve("disk-" + broker);
  }

  /// Without the strength of the evidence: it depends on the blocks into which measurements fall,
  /// and those on how far the topics of a backlog are read ahead of each other.
  private static Alert comparable(Alert alert) {
    if (alert.getFinding() instanceof ShiftFinding shift) {
      alert.setFinding(ShiftFinding.newBuilder(shift).clearEvidenceDays().build());
    }
    alert.setSummary("");
    return alert;
  }

  private static String loopback() {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return "127.0.0.1:" + socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Topics topics(String prefix) {
    var topics = Topics.of(prefix, PARTITIONS);
    try (var admin = brokers.admin()) {
      TopicPlan.of(admin, topics, -1).apply(admin);
    }
    return topics;
  }

  /// Instances of the topology on topics of their own.
  private final class Topology implements AutoCloseable {
    private final String prefix = "f%d.".formatted(++rows);
    private final Topics topics = topics(prefix);
    private final Story story = new Story(end);
    private final List<Program> instances = new ArrayList<>();
    private final List<Path> states = new ArrayList<>();

    /// @param settings further ones, KEY=VALUE
    Topology(int count, String... settings) {
      this(count, directory, settings);
    }

    /// @param disk where the state directories are
    Topology(int count, Path disk, String... settings) {
      for (int n = 0; n < count; n++) {
        var state = disk.resolve("state-%d-%d".formatted(rows, n));
        states.add(state);
        var http = loopback();
        var arguments =
            new ArrayList<>(
                List.of(
                    "stream",
                    "--bootstrap-servers",
                    brokers.bootstrapServers(),
                    "--set",
                    "topics.prefix=" + prefix,
                    "--set",
                    "topics.partitions=" + PARTITIONS,
                    "--set",
                    "stream.application-id=" + prefix.replace('.', '-') + "app",
                    "--set",
                    "stream.state-directory=" + state,
                    "--set",
                    "stream.http=" + http));
        for (var setting : settings) {
          arguments.addAll(List.of("--set", setting));
        }
        instances.add(
            Program.halfsecond(
                List.of(),
                directory.resolve("stream-%d-%d.log".formatted(rows, n)),
                http,
                arguments));
      }
    }

    Program instance(int n) {
      return instances.get(n);
    }

    Path state(int n) {
      return states.get(n);
    }

    void start(int n) {
      instance(n).start();
      await("instance is ready", instance(n), instance(n)::ready);
    }

    private void await(String what, Program program, Callable<Boolean> condition) {
      Awaitility.await(what)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .ignoreExceptions()
          .failFast(
              () -> {
                if (!program.alive()) {
                  throw new IllegalStateException("it has ended: " + program.said());
                }
              })
          .until(condition);
    }

    private double judged() {
      return instances.stream()
          .mapToDouble(each -> each.metric("halfsecond_measurements_total"))
          .sum();
    }

    /// Tells the story, with a fault between its parts.
    ///
    /// @param before runs while the first part is known and the second is not
    /// @param after runs when the second part is on its topics
    /// @return the alerts
    List<Alert> tell(Runnable before, Runnable after) {
      try (var sender = new TelemetrySender(brokers.bootstrapServers(), topics)) {
        story.first(sender);
      }
      awaitQuiet();
      before.run();
      try (var sender = new TelemetrySender(brokers.bootstrapServers(), topics)) {
        story.second(sender);
      }
      after.run();
      if (undisturbed.isEmpty()) {
        awaitQuiet();
      }
      return alerts();
    }

    private void awaitQuiet() {
      Awaitility.await("everything is judged")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .until(
              () -> {
                double before = judged();
                Thread.sleep(4_000);
                return before > 0 && judged() == before;
              });
    }

    List<Alert> alerts() {
      return TopicContents.of(brokers.bootstrapServers(), topics.alerts()).stream()
          .map(FaultMatrixIT::comparable)
          .sorted(Comparator.comparing(Alert::getAlertId).thenComparingInt(Alert::getRevision))
          .toList();
    }

    double lost() {
      return instances.stream()
          .mapToDouble(each -> each.metric("halfsecond_lost_total"))
          .max()
          .orElse(0);
    }

    @Override
    public void close() {
      instances.forEach(Program::close);
    }
  }

  /// Runs the story with a fault, and adds its row.
  private void fault(String name, Topology topology, Fault fault) {
    var ended = new Instant[1];
    topology.tell(
        () -> unchecked(fault::begin),
        () -> {
          unchecked(fault::end);
          ended[0] = Instant.now();
        });

    Awaitility.await(name + ": the alerts of the undisturbed run")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(topology.alerts()).isEqualTo(undisturbed));
    var recovered = Duration.between(ended[0], Instant.now());
    var seen = topology.alerts();
    long different =
        seen.stream().map(alert -> alert.getAlertId() + alert.getRevision()).distinct().count();
    table.add(
        name,
        new FaultTable.Row(
            topology.story.records(),
            delivered(topology.topics),
            (long) topology.lost(),
            undisturbed.size(),
            seen.size(),
            seen.size() - different,
            recovered));
    assertThat(seen).hasSize((int) different);
    assertThat(topology.lost()).isZero();
  }

  private long delivered(Topics topics) {
    var numbers = new HashSet<String>();
    var servers = brokers.bootstrapServers();
    TopicContents.of(servers, topics.authTiming())
        .forEach(each -> numbers.add(each.getCollector() + each.getSequence()));
    TopicContents.of(servers, topics.sessionCpu())
        .forEach(each -> numbers.add(each.getCollector() + each.getSequence()));
    TopicContents.of(servers, topics.probe())
        .forEach(each -> numbers.add(each.getCollector() + each.getSequence()));
    TopicContents.of(servers, topics.collectorStatus())
        .forEach(each -> numbers.add(each.getCollector() + each.getSequence()));
    return numbers.size();
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void unchecked(Action action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void should_judge_on_when_the_topology_is_killed_and_started_again() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      fault(
          "topology killed (kill -9) and started again",
          topology,
          new Fault() {
            @Override
            public void begin() {
              topology.instance(0).kill();
            }

            @Override
            public void end() {
              topology.instance(0).start();
            }
          });
    }
  }

  @Test
  void should_judge_on_when_the_state_directory_is_lost() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      fault(
          "topology killed, its state directory lost",
          topology,
          new Fault() {
            @Override
            public void begin() throws IOException {
              topology.instance(0).kill();
              delete(topology.state(0));
            }

            @Override
            public void end() {
              topology.instance(0).start();
            }
          });
    }
  }

  @Test
  void should_judge_on_when_another_instance_takes_over() throws Exception {
    try (var topology = new Topology(2)) {
      topology.start(0);
      topology.start(1);
      fault("one of two instances killed", topology, topology.instance(0)::kill);
    }
  }

  @Test
  void should_judge_on_when_a_standby_takes_over_and_a_third_instance_joins() throws Exception {
    try (var topology = new Topology(3, "stream.standby-replicas=1")) {
      topology.start(0);
      topology.start(1);
      fault(
          "one of two instances with standby killed, a third joins",
          topology,
          new Fault() {
            @Override
            public void begin() {
              topology.instance(0).kill();
              topology.instance(2).start();
            }
          });
    }
  }

  @Test
  void should_judge_on_when_a_broker_is_killed_that_leads_the_telemetry() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      var leader = brokers.leader(topology.topics.authTiming().name(), 0);
      fault("leading broker killed (kill -9) and started again", topology, killed(leader));
    }
  }

  @Test
  void should_judge_on_when_the_active_controller_is_killed() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      fault("active controller killed and started again", topology, killed(brokers.controller()));
    }
  }

  private Fault killed(Brokers.Broker broker) {
    return new Fault() {
      @Override
      public void begin() {
        broker.program().kill();
      }

      @Override
      public void end() {
        broker.program().start();
        brokers.awaitAll();
      }
    };
  }

  @Test
  void should_judge_on_when_two_brokers_do_not_reach_each_other() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      var one = brokers.all().get(0).machine();
      var other = brokers.all().get(1).machine();
      fault(
          "network cut between two brokers for 20 s",
          topology,
          new Fault() {
            @Override
            public void begin() {
              one.cutFrom(other);
            }

            @Override
            public void end() throws InterruptedException {
              Thread.sleep(20_000);
              one.mendFrom(other);
            }
          });
    }
  }

  @Test
  void should_judge_on_when_a_broker_is_cut_off() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      var machine = brokers.all().get(2).machine();
      fault(
          "one broker cut off for 20 s",
          topology,
          new Fault() {
            @Override
            public void begin() {
              machine.cut();
            }

            @Override
            public void end() throws InterruptedException {
              Thread.sleep(20_000);
              machine.mend();
            }
          });
    }
  }

  @Test
  void should_judge_on_when_the_clock_of_a_host_steps_back_and_forth() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      fault(
          "clock of a fourth host steps 1 h back, then 65 min forth",
          topology,
          () -> {
            var host = new SyntheticHost("web-4", 4);
            var usual = SyntheticHost.USUAL_STARTUP;
            try (var sender = new TelemetrySender(brokers.bootstrapServers(), topology.topics)) {
              var step = end.minus(Duration.ofHours(2));
              sender.history(host, step.minus(Duration.ofHours(1)), step, usual);
              sender.history(host, step.minus(Duration.ofHours(1)), step, usual);
              sender.history(host, step.plus(Duration.ofMinutes(5)), end, usual);
            }
          });
    }
  }

  @Test
  void should_judge_on_when_the_disk_of_the_state_was_full() throws Exception {
    var disk = Files.createDirectories(directory.resolve("disk-of-state"));
    run("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk.toString());
    try (var topology = new Topology(1, disk)) {
      topology.start(0);
      fault(
          "disk of the topology's state full",
          topology,
          new Fault() {
            @Override
            public void begin() throws Exception {
              fill(disk.resolve("filler"));
            }

            @Override
            public void end() throws Exception {
              Thread.sleep(10_000);
              Files.delete(disk.resolve("filler"));
              // A service manager starts it again.
              if (!topology.instance(0).alive()) {
                topology.instance(0).start();
              }
            }
          });
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  @Test
  void should_judge_on_when_the_disk_of_a_broker_was_full() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      var broker = brokers.all().getLast();
      fault(
          "disk of one broker full, broker started again",
          topology,
          new Fault() {
            @Override
            public void begin() throws Exception {
              fill(disk(broker.id()).resolve("filler"));
            }

            @Override
            public void end() throws Exception {
              Thread.sleep(10_000);
              Files.delete(disk(broker.id()).resolve("filler"));
              broker.program().kill();
              broker.program().start();
              brokers.awaitAll();
            }
          });
    }
  }

  @Test
  void should_say_what_to_do_when_a_topic_was_deleted_and_judge_on_when_it_is_there_again()
      throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      var instance = topology.instance(0);
      fault(
          "an input topic deleted, made again by topics apply",
          topology,
          new Fault() {
            @Override
            public void begin() throws Exception {
              instance.kill();
              try (var admin = brokers.admin()) {
                admin.deleteTopics(List.of(topology.topics.selfTest().name())).all().get();
              }
              instance.start();
              Awaitility.await().atMost(PATIENCE).until(() -> !instance.alive());
              assertThat(instance.said().lines().reduce((_, last) -> last).orElseThrow())
                  .contains(topology.topics.selfTest().name())
                  .contains("topics apply");
            }

            @Override
            public void end() {
              topics(topology.prefix);
              instance.start();
            }
          });
    }
  }

  /// Writes until the disk is full.
  private static void fill(Path file) throws Exception {
    var process =
        new ProcessBuilder("dd", "if=/dev/zero", "of=" + file, "bs=64k")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    // It ends with an error, when nothing is left.
    assertThat(process.waitFor()).isPositive();
  }

  @Test
  void should_put_poison_of_every_topic_aside_and_judge_on() throws Exception {
    try (var topology = new Topology(1)) {
      topology.start(0);
      fault("poison on every topic, internal ones too", topology, () -> poison(topology));
      assertThat(topology.instance(0).metric("halfsecond_dead_letters_total")).isPositive();
    }
  }

  private void poison(Topology topology) throws Exception {
    var bytes =
        new byte[][] {{}, {(byte) 0xC3, 1}, "not a record".getBytes(StandardCharsets.UTF_8), null};
    try (var admin = brokers.admin();
        var producer =
            new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", brokers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      for (var topic : admin.listTopics().names().get()) {
        boolean own =
            topic.startsWith(topology.prefix)
                || (topic.startsWith(topology.prefix.replace('.', '-'))
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
  void should_keep_memory_and_series_bounded_when_100_000_host_names_are_invented()
      throws Exception {
    try (var topology = new Topology(1, "stream.max-hosts=500")) {
      topology.start(0);
      fault(
          "100,000 invented host names, stream.max-hosts=500",
          topology,
          () -> {
            try (var sender = new TelemetrySender(brokers.bootstrapServers(), topology.topics)) {
              for (int n = 0; n < 100_000; n++) {
                var host = new SyntheticHost("invented-" + n, n);
                sender.send(host.heartbeat(end));
              }
            }
          });
      assertThat(topology.instance(0).metrics().lines().count()).isLessThan(60_000);
      assertThat(topology.instance(0).residentBytes()).isLessThan(1_500_000_000L);
    }
  }

  /// A collector on a machine of its own that reads a log.
  private final class Collector implements AutoCloseable {
    private final String prefix = "f%d.".formatted(++rows);
    private final Topics topics = topics(prefix);
    private final Network.Machine machine = network.machine();
    private final Logins logins;
    private final Program program;

    Collector(Path state, String... settings) throws IOException {
      var log = directory.resolve("auth-%d.log".formatted(rows));
      logins = new Logins(log, HOST);
      var http = machine.address() + ":9155";
      var arguments =
          new ArrayList<>(List.of("collect", "--bootstrap-servers", brokers.bootstrapServers()));
      for (var setting :
          new String[] {
            "host=" + HOST,
            "topics.prefix=" + prefix,
            "collector.kernel=false",
            "collector.log=file",
            "collector.log-file=" + log,
            "collector.probe=false",
            "collector.self-test=false",
            "collector.inventory=false",
            "collector.heartbeat=1s",
            "collector.state-directory=" + state,
            "collector.http=" + http
          }) {
        arguments.addAll(List.of("--set", setting));
      }
      for (var setting : settings) {
        arguments.addAll(List.of("--set", setting));
      }
      program =
          Program.halfsecond(
              List.of("ip", "netns", "exec", machine.namespace()),
              directory.resolve("collect-%d.log".formatted(rows)),
              http,
              arguments);
    }

    /// Starts it, and waits until a login gets through.
    void start() {
      program.start();
      // It reads what is written from its first start on.
      Awaitility.await("the collector is ready")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(program::ready);
      logins.happen(1);
      awaitDelivered(() -> 1L);
    }

    List<AuthTiming> timings() {
      return TopicContents.of(brokers.bootstrapServers(), topics.authTiming());
    }

    long different() {
      return timings().stream().map(AuthTiming::getId).distinct().count();
    }

    /// What the collector's runs say they have lost.
    long lost() {
      var byRun = new TreeMap<String, RunProgress>();
      for (var beat : TopicContents.of(brokers.bootstrapServers(), topics.collectorStatus())) {
        beat.getRuns().forEach(run -> byRun.put(run.getCollector(), run));
      }
      return byRun.values().stream()
          .mapToLong(
              run ->
                  run.getUnaccounted()
                      + run.getDropped().values().stream().mapToLong(Long::longValue).sum())
          .sum();
    }

    /// Kafka is out of reach, and the tests are not.
    void cut() {
      brokers.all().forEach(broker -> machine.cutFrom(broker.machine()));
    }

    void mend() {
      brokers.all().forEach(broker -> machine.mendFrom(broker.machine()));
    }

    /// How many records wait in its spool.
    double spooled() {
      return program.metric("halfsecond_collector_records_spooled");
    }

    void awaitDelivered(LongSupplier count) {
      Awaitility.await("delivered")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .ignoreExceptions()
          .failFast(
              () -> {
                if (!program.alive()) {
                  throw new IllegalStateException("it has ended: " + program.said());
                }
              })
          .until(() -> different() >= count.getAsLong());
    }

    /// Adds the row: each login was delivered, or told as lost.
    void account(String name, Instant mended) {
      awaitDelivered(() -> logins.count() - lost());
      var recovered = Duration.between(mended, Instant.now());
      var timings = timings();
      long different = different();
      table.add(
          name,
          new FaultTable.Row(
              logins.count(), different, lost(), 0, 0, timings.size() - different, recovered));
      assertThat(different + lost()).isGreaterThanOrEqualTo(logins.count());
      assertThat(timings.stream().map(each -> each.getCollector() + each.getSequence()).distinct())
          .as("no number twice")
          .hasSameSizeAs(timings);
    }

    @Override
    public void close() {
      program.close();
    }
  }

  @Test
  void should_deliver_each_login_when_the_network_was_cut() throws Exception {
    try (var collector = new Collector(directory.resolve("collector-cut"))) {
      collector.start();

      collector.cut();
      for (int n = 0; n < 5; n++) {
        collector.logins.happen(BURST);
        Thread.sleep(2_000);
      }
      collector.mend();

      collector.account("collector cut off for 10 s", Instant.now());
      assertThat(collector.lost()).isZero();
    }
  }

  @Test
  void should_deliver_each_login_when_the_collector_was_killed_while_kafka_was_away()
      throws Exception {
    try (var collector = new Collector(directory.resolve("collector-killed"))) {
      collector.start();

      collector.cut();
      collector.logins.happen(BURST);
      Awaitility.await("spooled").atMost(PATIENCE).until(() -> collector.spooled() >= BURST);
      collector.program.kill();
      collector.logins.happen(BURST);
      collector.mend();
      var mended = Instant.now();
      collector.program.start();

      collector.account("collector killed (kill -9) while cut off", mended);
    }
  }

  @Test
  void should_deliver_each_login_when_the_collector_is_killed_again_and_again() throws Exception {
    try (var collector = new Collector(directory.resolve("collector-again"))) {
      collector.start();
      for (int n = 0; n < 4; n++) {
        collector.logins.happen(BURST);
        Thread.sleep(1_500L + 700L * n);
        collector.program.kill();
        collector.logins.happen(BURST);
        collector.program.start();
      }
      collector.account("collector killed (kill -9) four times", Instant.now());
    }
  }

  @Test
  void should_count_what_the_spool_cannot_hold() throws Exception {
    try (var collector =
        new Collector(directory.resolve("collector-small"), "collector.spool-size=1MiB")) {
      collector.start();

      collector.cut();
      for (int n = 0; n < 40; n++) {
        collector.logins.happen(200);
        Thread.sleep(250);
      }
      Thread.sleep(3_000);
      collector.mend();

      collector.account("spool of 1 MiB full while cut off", Instant.now());
      assertThat(collector.lost()).isPositive();
    }
  }

  @Test
  void should_go_on_in_memory_when_the_disk_of_the_spool_is_full() throws Exception {
    var mount = Files.createDirectories(directory.resolve("small-disk"));
    run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount.toString());
    try (var collector = new Collector(mount.resolve("state"))) {
      collector.start();

      collector.cut();
      for (int n = 0; n < 20; n++) {
        collector.logins.happen(100);
        Thread.sleep(300);
      }
      assertThat(collector.program.alive()).isTrue();
      collector.mend();

      collector.account("disk of the spool full while cut off", Instant.now());
    } finally {
      run("umount", "-l", mount.toString());
    }
  }

  private static void run(String... command) throws Exception {
    var process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
