package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A collector and a topology as processes, against a broker and topics that come late, go and come
/// back: they say what they wait for, and go on by themselves.
class OutageFaultsIT {
  private static final Topics TOPICS = Topics.of("ssh.", 2);

  @TempDir private Path directory = Path.of("");
  private final FaultTable table = FaultTable.ofThisRun();
  private final int port = Daemon.freePort();
  private Optional<EmbeddedBroker> broker = Optional.empty();
  private Program collector;
  private Program topology;

  @BeforeEach
  void prepare() throws Exception {
    Files.writeString(directory.resolve("auth.log"), "");
    collector =
        program(
            "collect",
            "collector",
            "collector.kernel=false",
            "collector.log-file=" + directory.resolve("auth.log"),
            "collector.probe=false",
            "collector.self-test=false",
            "collector.inventory=false",
            "collector.heartbeat=1s");
    topology = program("stream", "stream", "stream.commit-interval=100ms");
  }

  private Program program(String command, String part, String... settings) {
    var http = "127.0.0.1:" + Daemon.freePort();
    var arguments =
        new ArrayList<>(
            List.of(
                command,
                "--bootstrap-servers=127.0.0.1:" + port,
                "--set=%s.http=%s".formatted(part, http),
                "--set=%s.state-directory=%s".formatted(part, directory.resolve(part))));
    for (var setting : settings) {
      arguments.add("--set=" + setting);
    }
    return Program.halfsecond(List.of(), directory.resolve(part + ".log"), http, arguments);
  }

  private void startBroker() {
    broker = Optional.of(EmbeddedBroker.start(directory.resolve("broker"), port));
  }

  private void stopBroker() {
    broker.ifPresent(EmbeddedBroker::close);
    broker = Optional.empty();
  }

  private Admin admin() {
    return Clusters.admin("127.0.0.1:" + port, Map.of());
  }

  @AfterEach
  void stop() {
    collector.close();
    topology.close();
    stopBroker();
  }

  @Test
  void should_say_what_they_wait_for_and_go_on_by_themselves() {
    // given: neither broker nor topics
    collector.start();
    topology.start();
    awaitWaiting("broker", "127.0.0.1:" + port);
    startBroker();
    awaitWaiting("topics", "halfsecond topics apply");
    try (var admin = admin()) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
    }
    awaitReady("topics made after collector and topology were started");

    // when: the broker goes
    stopBroker();
    awaitWaiting("broker", "");

    // then: that is all
    assertThat(collector.healthy()).isTrue();
    assertThat(topology.healthy()).isTrue();

    // when
    startBroker();

    // then
    awaitReady("the only broker stopped and started again");
    for (var each : List.of(collector, topology)) {
      assertThat(each.metric("halfsecond_waiting")).isZero();
      assertThat(each.said()).contains(": waiting for ", ": goes on, after ");
      assertThat(each.said().lines().filter(line -> line.contains("could not be established")))
          .hasSizeLessThan(15);
    }
  }

  @Test
  void should_wait_for_a_topic_that_is_deleted_while_they_run() throws Exception {
    startBroker();
    try (var admin = admin()) {
      TopicPlan.of(admin, TOPICS, 1).apply(admin);
      topology.start();
      topology.await("it is ready", topology::ready);

      admin.deleteTopics(List.of(TOPICS.selfTest().name())).all().get();
      topology.await(
          "it waits for the topic",
          () ->
              topology.waitsFor("topics")
                  && topology.waitsFor().contains(TOPICS.selfTest().name()));
      assertThat(topology.healthy()).isTrue();
      assertThat(topology.waitsFor()).contains("topics apply");

      admin
          .createTopics(
              List.of(
                  new NewTopic(TOPICS.selfTest().name(), TOPICS.selfTest().partitions(), (short) 1)
                      .configs(TOPICS.selfTest().configs())))
          .all()
          .get();
      var made = Instant.now();
      topology.await("it goes on", topology::ready);
      add("an input topic deleted under a running topology, made again", made);
    }
  }

  private void awaitWaiting(String reason, String words) {
    for (var each : List.of(collector, topology)) {
      each.await(
          "it waits for " + reason, () -> each.waitsFor().contains(words) && each.waitsFor(reason));
      assertThat(each.healthy()).isTrue();
    }
  }

  private void awaitReady(String after) {
    var ended = Instant.now();
    for (var each : List.of(collector, topology)) {
      each.await("it goes on", each::ready);
    }
    add(after, ended);
  }

  private void add(String fault, Instant ended) {
    table.add(
        fault, new FaultTable.Row(0, 0, 0, 0, 0, 0, 0, Duration.between(ended, Instant.now())));
  }
}
