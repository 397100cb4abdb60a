package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.broker.ClusterTopics;
import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Simulated fleets, judged by a real topology on a real broker, by the commands that a person
/// gives.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulateIT {
  private static final int PARTITIONS = 2;

  @TempDir private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // set before the tests
  private EmbeddedBroker broker;

  @BeforeAll
  void start(@TempDir Path data) {
    broker = EmbeddedBroker.start(data.resolve("broker"));
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void should_find_a_staged_rollout_of_a_slow_library_and_name_it() throws Exception {
    // given
    var config = config("rollout", "collector.heartbeat: 1m", "collector.probe-interval: 5m");
    var expected = directory.resolve("rollout.json").toString();
    assertThat(Ran.of(config, "topics", "apply").status()).isZero();

    // when
    var written =
        Ran.of(
            config,
            "simulate",
            "--hosts=30",
            "--cohorts=2",
            "--rate=2",
            "--from=5h",
            "--expect=" + expected,
            "--inject=slow-library:hosts=30%,at=+3h,delay=300ms,stages=25%/20m,100%",
            "--inject=gap:hosts=2,at=+2h,for=10m",
            "--inject=clock:hosts=2,at=+2h,by=-2m");
    assertThat(written.status()).as(written.err()).isZero();
    var verified = whileStreaming(config, () -> Ran.of(config, "simulate", "verify", expected));

    // then
    assertThat(verified.status()).as(verified.out() + verified.err()).isZero();
    assertThat(verified.out())
        .contains(
            "9 hosts, found on 9 of 9 that had 30 connections since",
            "alerts name liblzma.so.5",
            "false pages: 0,",
            "false tickets: 0,");
    assertThat(alerts("rollout"))
        .filteredOn(alert -> alert.getFinding() instanceof ContradictionFinding)
        .as("the gap")
        .isNotEmpty()
        .extracting(Alert::getSubject)
        .containsOnly("silence/numbers");
    assertThat(alerts("rollout"))
        .filteredOn(
            alert ->
                alert.getScope() == AlertScope.INCIDENT
                    && alert.getFinding() instanceof ShiftFinding)
        .isNotEmpty()
        .allSatisfy(
            incident ->
                assertThat(incident.getChanges())
                    .first()
                    .extracting(Change::getSubject)
                    .asString()
                    .endsWith("/liblzma.so.5"));
    assertThat(written("rollout", "dead-letters")).isZero();
  }

  @Test
  void should_raise_no_alert_without_a_change_and_say_what_is_missing() throws Exception {
    // given: a topology that takes only what hosts can prove to be theirs
    var secrets = directory.resolve("fleet.secrets").toString();
    assertThat(Ran.of("enroll", "--new-secret", secrets).status()).isZero();
    var config =
        config(
            "quiet",
            "stream.authentication: required",
            "stream.authentication-secrets-file: " + secrets);
    var expected = directory.resolve("quiet.json").toString();
    assertThat(Ran.of(config, "topics", "apply").status()).isZero();

    // when
    var written =
        Ran.of(config, "simulate", "--hosts=12", "--from=3h", "--expect=" + expected, "--seed=4");
    assertThat(written.status()).as(written.err()).isZero();
    var verified = whileStreaming(config, () -> Ran.of(config, "simulate", "verify", expected));

    // then
    assertThat(verified.status()).as(verified.out() + verified.err()).isZero();
    assertThat(alerts("quiet")).isEmpty();
    assertThat(written("quiet", "dead-letters")).isZero();

    // when: there should have been an alert
    Files.writeString(
        Path.of(expected),
        Files.readString(Path.of(expected))
            .replace(
                "\"injections\" : [ ]",
                """
                "injections": [{"text": "creep:at=+1s", "shift": true, "settledSeconds": 1,
                  "hosts": [{"host": "sim-0003", "cohort": "", "since": "%s"}]}]\
                """
                    .formatted(Instant.now().minusSeconds(3_600))));
    var missing = Ran.of(config, "simulate", "verify", "--wait=1m", expected);

    // then
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.out())
        .contains("FAIL  creep:at=+1s: 1 hosts, found on 0 of 1", "missed: sim-0003");

    // and: simulated hosts do not come among others by mistake
    var again = Ran.of(config, "simulate", "--hosts=1", "--from=1m");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("there is telemetry on quiet.auth-timing");
  }

  private Path config(String name, String... more) throws IOException {
    var file = directory.resolve(name + ".yaml");
    Files.write(
        file,
        Stream.concat(
                Stream.of(
                    "kafka.bootstrap.servers: " + broker.bootstrapServers(),
                    "topics.prefix: " + name + ".",
                    "topics.partitions: " + PARTITIONS,
                    "topics.replication-factor: 1",
                    "stream.application-id: " + name,
                    "stream.state-directory: " + directory.resolve(name),
                    "stream.commit-interval: 100ms",
                    "stream.http: 127.0.0.1:" + Daemon.freePort()),
                Stream.of(more))
            .toList());
    return file;
  }

  private interface Step {
    Ran run() throws Exception;
  }

  private static Ran whileStreaming(Path config, Step step) throws Exception {
    var stop = new Stop();
    var streaming =
        CompletableFuture.supplyAsync(() -> Ran.of(stop, "stream", "--config", config.toString()));
    try {
      return step.run();
    } finally {
      stop.request();
      assertThat(streaming.get().status()).as(streaming.get().err()).isZero();
    }
  }

  private List<Alert> alerts(String name) {
    try (var reader =
        TopicReader.open(
            broker.bootstrapServers(),
            Map.of(),
            Topics.of(name + ".", PARTITIONS),
            Topics::alerts,
            Instant.EPOCH)) {
      return reader.readToEnd(() -> false);
    }
  }

  private long written(String name, String topic) {
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      return ClusterTopics.records(admin, List.of(name + "." + topic));
    }
  }
}
