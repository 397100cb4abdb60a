package io.halfsecond.deploy.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Real collectors that end, and real brokers that do not answer: what the topology says of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SilenceFaultsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /// A collector with a heartbeat each second is silent after so long.
  private static final Duration SILENT_AFTER = Duration.ofMinutes(1);

  /// Until the topology would have told for sure: the bound, two looks, and a slow machine.
  private static final Duration SURELY_TOLD = SILENT_AFTER.plusSeconds(40);

  private static final String SUBJECT = "silence/collector";

  private final FaultTable table = FaultTable.ofThisRun();
  private FaultBench bench;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    bench = new FaultBench(temporary);
  }

  @AfterAll
  void stop() throws Exception {
    bench.close();
  }

  /// A collector on this machine, which reads a log that is empty.
  private Program collector(TopologyUnderTest topology, String host) throws IOException {
    var own = Files.createDirectories(bench.directory().resolve(topology.prefix() + host));
    var http = "127.0.0.1:" + Daemon.freePort();
    var arguments =
        new ArrayList<>(
            List.of(
                "collect",
                "--set",
                "kafka.bootstrap.servers=" + bench.brokers().bootstrapServers()));
    for (var setting :
        new String[] {
          "host=" + host,
          "topics.prefix=" + topology.prefix(),
          "collector.kernel=false",
          "collector.log=file",
          "collector.log-file=" + Files.writeString(own.resolve("auth.log"), ""),
          "collector.probe=false",
          "collector.self-test=false",
          "collector.inventory=false",
          "collector.heartbeat=1s",
          "collector.state-directory=" + own.resolve("state"),
          "collector.http=" + http
        }) {
      arguments.addAll(List.of("--set", setting));
    }
    return Program.halfsecond(List.of(), own.resolve("collect.log"), http, arguments);
  }

  /// When the last heartbeat that the topology has read was sent.
  private static Instant heard(TopologyUnderTest topology, String host) {
    double seconds =
        topology
            .instance(0)
            .metric("halfsecond_collector_heartbeat_timestamp_seconds{host=\"%s\"".formatted(host));
    return Instant.ofEpochMilli((long) (seconds * 1e3));
  }

  private static void awaitHeard(TopologyUnderTest topology, String host, Instant after) {
    Awaitility.await(host + " is heard")
        .atMost(PATIENCE)
        .until(() -> heard(topology, host).isAfter(after));
  }

  private static List<Alert> alertsOf(TopologyUnderTest topology, String host) {
    return topology.alerts().stream().filter(alert -> alert.getHost().equals(host)).toList();
  }

  /// Pulls the cables of all brokers until no heartbeat was read for a time, and waits until a
  /// collector that has lived all the time would have been told silent.
  private void loseKafka(TopologyUnderTest topology, String alive, Duration away) {
    var before = heard(topology, alive);
    bench.brokers().all().forEach(broker -> broker.machine().cut());
    Awaitility.await("Kafka is away")
        .atMost(away.plus(PATIENCE))
        .until(() -> Instant.now().isAfter(before.plus(away)));
    assertThat(heard(topology, alive)).isBefore(before.plus(away));
    bench.brokers().all().forEach(broker -> broker.machine().mend());
    bench.brokers().awaitAll();
    awaitHeard(topology, alive, before.plus(away));
    awaitHeard(topology, alive, heard(topology, alive).plus(SURELY_TOLD));
  }

  @Test
  void should_tell_a_collector_that_was_killed_from_one_that_was_stopped_and_from_lost_brokers()
      throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1);
        var killed = collector(topology, "killed").start();
        var stopped = collector(topology, "stopped").start();
        var _ = collector(topology, "alive").start()) {
      // given
      topology.start(0);
      for (var host : List.of("killed", "stopped", "alive")) {
        awaitHeard(topology, host, Instant.EPOCH);
      }

      // when
      killed.kill();
      stopped.stop();
      Awaitility.await("an alert")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .until(() -> alertsOf(topology, "killed").size() == 2);

      // then
      var opened = alertsOf(topology, "killed").getLast();
      assertThat(opened.getSubject()).isEqualTo(SUBJECT);
      assertThat(Duration.between(heard(topology, "killed"), opened.getOpenedAt()))
          .as("not before the bound")
          .isGreaterThan(SILENT_AFTER);
      assertThat(opened.getTitle())
          .startsWith("killed: collector silent without a goodbye, last heartbeat 2");

      // and when the brokers are away
      loseKafka(topology, "alive", SURELY_TOLD);

      // then
      assertThat(topology.instance(0).metric("halfsecond_collector_silent{goodbye=\"yes\""))
          .isOne();
      killed.start();
      Awaitility.await("the end of the alert")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .until(() -> alertsOf(topology, "killed").getLast().getState() == AlertState.RESOLVED);
      assertThat(topology.alerts())
          .as("nothing of the others")
          .extracting(Alert::getHost)
          .containsOnly("killed");
      assertThat(alertsOf(topology, "killed").getLast().getTitle())
          .contains("is over: the collector was started again ");
    }
  }

  @Test
  @Tag("faults")
  void should_say_nothing_of_hosts_when_the_brokers_were_away_for_five_minutes() throws Exception {
    try (var topology = new TopologyUnderTest(bench, 1);
        var _ = collector(topology, "alive").start()) {
      topology.start(0);
      awaitHeard(topology, "alive", Instant.EPOCH);

      loseKafka(topology, "alive", Duration.ofMinutes(5));

      var seen = topology.alerts();
      table.add(
          "all brokers cut off for 5 min: alerts about silent hosts",
          new FaultTable.Row(0, 0, 0, 0, seen.size(), 0, 0, Duration.ZERO));
      assertThat(seen).isEmpty();
    }
  }
}
