package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.faults.FaultTable;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two builds of the program, as processes of their own, on one broker: collectors and topology are
/// upgraded one after the other, and the topology is downgraded again. The alerts are those of a
/// run without any of that.
class UpgradeIT {
  private static final int PARTITIONS = 2;
  private static final Topics UNDISTURBED = Topics.of("a.", PARTITIONS);
  private static final Topics UPGRADED = Topics.of("b.", PARTITIONS);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> HOSTS = List.of("web-1", "web-2", "web-3");

  private final Instant begin =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofHours(6));

  @TempDir private Path directory = Path.of("");
  private final List<AutoCloseable> started = new ArrayList<>();
  private String bootstrapServers = "";
  private String ours = "";
  private String newer = "";

  @BeforeEach
  void start() throws Exception {
    ours = System.getProperty("java.class.path");
    newer = NewerBuild.compile(directory.resolve("newer")) + ":" + ours;
    var broker = EmbeddedBroker.start(directory.resolve("broker"));
    started.add(broker);
    bootstrapServers = broker.bootstrapServers();
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      TopicPlan.of(admin, UNDISTURBED, 1).apply(admin);
      TopicPlan.of(admin, UPGRADED, 1).apply(admin);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (var each : started.reversed()) {
      each.close();
    }
  }

  @Test
  void should_give_the_same_alerts_when_either_side_is_upgraded_first_and_the_topology_downgraded()
      throws Exception {
    // given: a day that nothing disturbs
    try (var topology = topology("undisturbed", ours, UNDISTURBED)) {
      send(ours, UNDISTURBED, 0, 6);
      awaitAlerts(topology, UNDISTURBED, 3);
    }

    // when: first the collectors are upgraded
    var log = Files.createFile(directory.resolve("auth.log"));
    try (var old = topology("old", ours, UPGRADED);
        var _ = collector("collector-old", ours, log);
        var _ = collector("collector-new", newer, log)) {
      send(ours, UPGRADED, 0, 3);
      send(newer, UPGRADED, 3, 4);
      awaitAlerts(old, UPGRADED, 1);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(old.metrics())
                      .anyMatch(
                          line ->
                              line.startsWith("halfsecond_collector_heartbeat_timestamp_seconds")
                                  && line.contains("host=\"collector-new\""))
                      .noneMatch(
                          line ->
                              line.startsWith("halfsecond_dead_letters_total")
                                  && !line.endsWith(" 0.0")));
      assertThat(old.metrics())
          .noneMatch(
              line -> line.startsWith("halfsecond_schemas_refused_total") && !line.endsWith(" 0.0"))
          .contains("halfsecond_schemas_known 7.0");
    }

    // then the topology, while a collector is old again
    try (var topology = topology("new", newer, UPGRADED)) {
      send(ours, UPGRADED, 4, 5);
      awaitAlerts(topology, UPGRADED, 2);
      assertThat(run("alerts", ours, UPGRADED, "alerts", "--open", "--all"))
          .contains("web-1")
          .contains("web-2")
          .doesNotContain("skipping");
    }

    // then the topology is downgraded, with what the newer one has stored
    var downgraded = Instant.now();
    try (var topology = topology("old-again", ours, UPGRADED)) {
      send(newer, UPGRADED, 5, 6);
      awaitAlerts(topology, UPGRADED, 3);

      // then
      var expected = ofHosts(UNDISTURBED);
      var seen = ofHosts(UPGRADED);
      var row =
          FaultTable.ofAlerts(
              ofConnections(UNDISTURBED),
              ofConnections(UPGRADED),
              topology.lost(),
              expected.size(),
              seen,
              0,
              Duration.between(downgraded, Instant.now()));
      FaultTable.ofThisRun().add("collectors upgraded, then the topology; both downgraded", row);
      assertThat(row.duplicates()).isZero();
      assertThat(topology.lost()).isZero();
      assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(records(UPGRADED.deadLetters().name())).isZero();
      assertThat(records(UNDISTURBED.deadLetters().name())).isZero();
    }

    // when: a person with the old build decides about an alert of the newer one
    try (var _ = topology("new-again", newer, UPGRADED)) {
      var alert = newest(UPGRADED, "web-2");
      assertThat(
              run("ack", ours, UPGRADED, "ack", alert.getAlertId(), "--accept", "--why", "change"))
          .contains("Accepted by ");
    }
  }

  /// A process with its output in a file.
  private static final class Running implements AutoCloseable {
    private final Daemon daemon;
    private final String http;

    private Running(Daemon daemon, String http) {
      this.daemon = daemon;
      this.http = http;
    }

    private Stream<String> lines(String path) {
      try (var client = HttpClient.newHttpClient()) {
        return client
            .send(
                HttpRequest.newBuilder(URI.create("http://" + http + path)).build(),
                BodyHandlers.ofString())
            .body()
            .lines();
      } catch (Exception e) {
        throw new AssertionError(daemon.said(), e);
      }
    }

    private long lost() {
      return (long) ProcessFigures.sum(metrics().stream(), "halfsecond_host_lost_total");
    }

    private List<String> metrics() {
      return lines("/metrics").toList();
    }

    @Override
    public void close() {
      daemon.close();
    }
  }

  private Running topology(String name, String classPath, Topics topics) {
    return running(
        name,
        classPath,
        topics,
        "stream.http",
        List.of(
            "stream",
            "--set",
            "topics.replication-factor=1",
            "--set",
            "stream.commit-interval=200ms",
            "--set",
            "stream.application-id=app-" + topics.alerts().name(),
            "--set",
            "stream.state-directory=" + directory.resolve("state-" + topics.alerts().name())));
  }

  /// Reads a log in which nothing happens.
  private Running collector(String name, String classPath, Path log) {
    return running(
        name,
        classPath,
        UPGRADED,
        "collector.http",
        List.of(
            "collect",
            "--set",
            "host=" + name,
            "--set",
            "collector.kernel=false",
            "--set",
            "collector.probe=false",
            "--set",
            "collector.self-test=false",
            "--set",
            "collector.inventory=false",
            "--set",
            "collector.heartbeat=1s",
            "--set",
            "collector.log-file=" + log,
            "--set",
            "collector.state-directory=" + directory.resolve("state-" + name)));
  }

  private Running running(
      String name, String classPath, Topics topics, String httpKey, List<String> command) {
    var http = "127.0.0.1:" + Daemon.freePort();
    var arguments = new ArrayList<>(command);
    arguments.addAll(List.of("--set", httpKey + "=" + http));
    arguments.addAll(onCluster(topics));
    return new Running(
        Daemon.start(
            directory.resolve(name + ".log"),
            java(),
            jvm(classPath, "io.halfsecond.deploy.cli.Halfsecond", arguments)),
        http);
  }

  private List<String> onCluster(Topics topics) {
    return List.of(
        "--bootstrap-servers",
        bootstrapServers,
        "--set",
        "topics.prefix=" + topics.alerts().name().replaceFirst("alerts$", ""),
        "--set",
        "topics.partitions=" + PARTITIONS);
  }

  private static Tool java() {
    return new Tool(Path.of(System.getProperty("java.home"), "bin", "java"));
  }

  private static List<String> jvm(String classPath, String program, List<String> arguments) {
    return Stream.concat(
            Stream.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                program),
            arguments.stream())
        .toList();
  }

  /// Runs a command to its end.
  ///
  /// @return what it said
  private String run(String name, String classPath, Topics topics, String... command) {
    var arguments = new ArrayList<>(Arrays.asList(command));
    arguments.addAll(onCluster(topics));
    var result =
        java()
            .run(
                directory,
                Map.of(),
                jvm(classPath, "io.halfsecond.deploy.cli.Halfsecond", arguments)
                    .toArray(String[]::new));
    assertThat(result.status()).as("%s: %s", name, result.output()).isZero();
    return result.output();
  }

  /// Sends some hours of the day. Every hour from the third on, another host becomes slow.
  private void send(String classPath, Topics topics, int fromHour, int toHour) {
    var arguments =
        new ArrayList<>(
            List.of(
                bootstrapServers,
                topics.alerts().name().replaceFirst("alerts$", ""),
                Integer.toString(PARTITIONS),
                begin.toString(),
                begin.plus(Duration.ofHours(fromHour)).toString(),
                begin.plus(Duration.ofHours(toHour)).toString()));
    for (int i = 0; i < HOSTS.size(); i++) {
      arguments.add(HOSTS.get(i) + "=" + begin.plus(Duration.ofHours(3 + i)));
    }
    var result =
        java()
            .run(
                directory,
                Map.of(),
                jvm(classPath, SendTelemetry.class.getName(), arguments).toArray(String[]::new));
    assertThat(result.status()).as(result.output()).isZero();
  }

  private List<Alert> alerts(Topics topics) {
    try (var reader =
        TopicReader.open(bootstrapServers, Map.of(), topics, Topics::alerts, Instant.EPOCH)) {
      return reader.readToEnd(() -> false);
    }
  }

  private List<Alert> ofHosts(Topics topics) {
    return alerts(topics).stream().filter(alert -> !alert.getHost().isEmpty()).toList();
  }

  private Alert newest(Topics topics, String host) {
    return ofHosts(topics).stream()
        .filter(alert -> alert.getHost().equals(host))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  /// Waits until so many hosts have alerts, and no further record comes.
  private void awaitAlerts(Running topology, Topics topics, int hosts) {
    var seen = new ArrayList<Integer>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .failFast(() -> assertThat(topology.daemon.alive()).as(topology.daemon.said()).isTrue())
        .until(
            () -> {
              var alerts = ofHosts(topics);
              seen.add(alerts.size());
              return alerts.stream().map(Alert::getHost).distinct().count() == hosts
                  && seen.size() > 3
                  && seen.subList(seen.size() - 4, seen.size()).stream().distinct().count() == 1;
            });
  }

  /// Also those whose schema this build does not know.
  private long ofConnections(Topics topics) throws Exception {
    return records(topics.authTiming().name())
        + records(topics.sessionCpu().name())
        + records(topics.probe().name());
  }

  private long records(String topic) throws Exception {
    try (var admin = Clusters.admin(bootstrapServers, Map.of())) {
      var wanted = new HashMap<TopicPartition, OffsetSpec>();
      IntStream.range(0, PARTITIONS)
          .forEach(p -> wanted.put(new TopicPartition(topic, p), OffsetSpec.latest()));
      return admin.listOffsets(wanted).all().get().values().stream()
          .mapToLong(end -> end.offset())
          .sum();
    }
  }
}
