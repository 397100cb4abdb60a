package io.halfsecond.deploy.faults;

import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/// Instances of the topology on topics of their own.
final class TopologyUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Cluster cluster;
  private final String prefix;
  private final Topics topics;
  private final List<Program> instances = new ArrayList<>();
  private final List<Path> states = new ArrayList<>();

  /// @param settings further ones, KEY=VALUE
  TopologyUnderTest(Cluster cluster, int count, String... settings) {
    this(cluster, count, cluster.directory(), settings);
  }

  /// @param disk where the state directories are
  TopologyUnderTest(Cluster cluster, int count, Path disk, String... settings) {
    this.cluster = cluster;
    int number = cluster.next();
    prefix = "f%d.".formatted(number);
    topics = cluster.topics(prefix);
    for (int n = 0; n < count; n++) {
      var state = disk.resolve("state-%d-%d".formatted(number, n));
      states.add(state);
      var http = "127.0.0.1:" + Daemon.freePort();
      var arguments =
          new ArrayList<>(
              List.of(
                  "stream",
                  "--set",
                  "topics.prefix=" + prefix,
                  "--set",
                  "topics.partitions=" + Cluster.PARTITIONS,
                  "--set",
                  "stream.application-id=" + applicationId(prefix),
                  "--set",
                  "stream.state-directory=" + state,
                  "--set",
                  "stream.http=" + http));
      arguments.addAll(cluster.arguments());
      for (var setting : settings) {
        arguments.addAll(List.of("--set", setting));
      }
      instances.add(
          Program.halfsecond(
              List.of(),
              cluster.directory().resolve("stream-%d-%d.log".formatted(number, n)),
              http,
              arguments));
    }
  }

  static String applicationId(String prefix) {
    return prefix.replace('.', '-') + "app";
  }

  String prefix() {
    return prefix;
  }

  Topics topics() {
    return topics;
  }

  Program instance(int n) {
    return instances.get(n);
  }

  Path state(int n) {
    return states.get(n);
  }

  void start(int n) {
    instance(n).start();
    instance(n).await("instance is ready", instance(n)::ready);
  }

  private double judged() {
    return instances.stream()
        .mapToDouble(each -> each.metric("halfsecond_measurements_total"))
        .sum();
  }

  /// Of telemetry to its topics.
  TelemetrySender sender() {
    return new TelemetrySender(cluster.client(), topics, cluster.sealer());
  }

  /// Sends telemetry to its topics.
  void send(Consumer<TelemetrySender> telemetry) {
    try (var sender = sender()) {
      telemetry.accept(sender);
    }
  }

  /// Waits until it has judged what there is.
  void awaitQuiet() {
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

  /// Its alerts as they can be compared between two runs.
  List<Alert> alerts() {
    return alerts(_ -> true);
  }

  /// @param wanted which of them
  List<Alert> alerts(Predicate<Alert> wanted) {
    return TopicContents.of(cluster.client(), topics.alerts(), wanted).stream()
        .map(TopologyUnderTest::comparable)
        .sorted(Comparator.comparing(Alert::getAlertId).thenComparingInt(Alert::getRevision))
        .toList();
  }

  /// Without the strength of the evidence: it depends on the blocks into which measurements fall,
  /// and those on how far the topics of a backlog are read ahead of each other.
  private static Alert comparable(Alert alert) {
    if (alert.getFinding() instanceof ShiftFinding shift) {
      alert.setFinding(ShiftFinding.newBuilder(shift).clearEvidenceDays().build());
    }
    alert.setSummary("");
    alert.setEvidence(List.of());
    return alert;
  }

  /// How many different records about connections are on its topics.
  long delivered() {
    return TopicContents.ofConnections(cluster.client(), topics);
  }

  /// How many further copies of them there are.
  long repeats() {
    return TopicContents.repeatsOfConnections(cluster.client(), topics);
  }

  /// How many records it says were lost.
  double lost() {
    return instances.stream()
        .mapToDouble(each -> each.metric("halfsecond_host_lost_total"))
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    instances.forEach(Program::close);
  }
}
