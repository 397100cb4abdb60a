package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import io.halfsecond.deploy.broker.TopicPlan;
import io.halfsecond.deploy.faults.FaultTable;
import io.halfsecond.deploy.faults.TopicContents;
import io.halfsecond.deploy.http.Endpoint;
import io.halfsecond.deploy.ops.SyntheticHost;
import io.halfsecond.deploy.ops.TelemetrySender;
import io.halfsecond.deploy.service.Clusters;
import io.halfsecond.deploy.service.Stop;
import io.halfsecond.deploy.service.StreamService;
import io.halfsecond.deploy.topic.TopicReader;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.StreamsSettings;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The procedure "More partitions" of docs/operate.md, with a real broker and its commands.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MorePartitionsIT {
  private static final Topics OLD = Topics.of("old.", 2);
  private static final Topics NEW = Topics.of("new.", 6);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration USUAL = SyntheticHost.USUAL_STARTUP;
  private static final Duration SLOW = USUAL.plusMillis(500);

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final Instant switched = now.minus(Duration.ofHours(2));
  private final List<SyntheticHost> hosts =
      IntStream.range(0, 8).mapToObj(n -> new SyntheticHost("web-" + n, n)).toList();

  @TempDir private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // set before the tests
  private EmbeddedBroker broker;

  private record Ran(int status, String said) {}

  @BeforeAll
  void start(@TempDir Path data) {
    broker = EmbeddedBroker.start(data.resolve("broker"));
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void should_give_the_same_alerts_once_when_a_fleet_gets_more_partitions() throws Exception {
    // given: a fleet in which one host was slow for a while, and two still are
    apply(OLD);
    var shift = switched.minus(Duration.ofHours(3));
    var mended = shift.plus(Duration.ofHours(1));
    // Sent before it is judged: at the speed of this test, topics that are read while they are
    // written
    // would be hours ahead of each other.
    history(now.minus(Duration.ofHours(10)), shift, _ -> OLD, List.of());
    history(shift, mended, _ -> OLD, hosts.subList(0, 3));
    history(mended, switched, _ -> OLD, hosts.subList(1, 3));
    List<Alert> before;
    try (var _ = topology("halfsecond", OLD)) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  resolved(alerts(OLD), "web-0") && opened(alerts(OLD)).contains("web-1/startup"));
      // A decision counts from when it comes, so all telemetry before it must have been judged.
      awaitQuiet(OLD);
      var dismissed = latest(alerts(OLD), "web-2", "startup");
      assertThat(run(OLD, "ack", dismissed.getAlertId(), "--dismiss", "--why", "known").said())
          .contains("ACKNOWLEDGED");
      before = awaitQuiet(OLD);
    }

    // when: they are raised in place
    var refused = run(OLD, "topics", "apply", "--partitions", "6");

    // then: they are not
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.said())
        .contains(
            "! old.auth-timing: 2 partitions instead of 6 (a topology has run here: there is"
                + " halfsecond-by-cohort-repartition; see \"More partitions\" in"
                + " docs/operate.md); left unchanged",
            "11 differences left");
    assertThat(run(OLD, "topics", "plan").said()).isEqualTo("all 12 topics are as needed\n");

    // when: they are copied, and the copy is interrupted and goes on
    assertThat(run(NEW, "topics", "apply", "--partitions", "6").status()).isZero();
    assertThat(run(NEW, "topics", "copy", "--from", "old.").said()).contains("is copied");
    var stop = new Stop();
    var copy =
        CompletableFuture.supplyAsync(
            () -> run(NEW, stop, "topics", "copy", "--from", "old.", "--follow"));
    var begun = Instant.now();
    try (var topology = topology("halfsecond2", NEW)) {

      // then: the same alerts, record by record, each once
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(judged(alerts(NEW)))
                      .containsExactlyInAnyOrderElementsOf(judged(before)));

      FaultTable.ofThisRun()
          .add(
              "2 partitions become 6 by topics copy",
              FaultTable.ofAlerts(
                  TopicContents.ofConnections(broker.bootstrapServers(), OLD),
                  TopicContents.ofConnections(broker.bootstrapServers(), NEW),
                  (long) lost(topology),
                  before.size(),
                  alerts(NEW),
                  TopicContents.repeatsOfConnections(broker.bootstrapServers(), NEW),
                  Duration.between(begun, Instant.now())));

      // when: the fleet goes on, and every second collector still writes to the old topics
      history(switched, now, host -> hosts.indexOf(host) % 2 == 0 ? OLD : NEW, hosts.subList(3, 5));

      // then: what was open ends, under the same id, and what is new is found
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(resolved(alerts(NEW), "web-1")).isTrue();
                assertThat(resolved(alerts(NEW), "web-2")).isTrue();
                assertThat(opened(alerts(NEW))).contains("web-3/startup", "web-4/startup");
              });
      assertThat(awaitQuiet(NEW))
          .extracting(alert -> alert.getAlertId() + "/" + alert.getRevision())
          .doesNotHaveDuplicates();
      assertThat(alerts(OLD)).isEqualTo(before);
      assertThat(skipped(topology)).isZero();
    }
    stop.request();
    assertThat(copy.get().status()).isZero();
  }

  /// Without what the alerts say of the telemetry's arrival: this test sends ten hours in seconds,
  /// and the old topology may take what comes late by a topic for lost.
  private static List<Alert> judged(List<Alert> alerts) {
    return alerts.stream()
        .map(
            alert ->
                Alert.newBuilder(alert)
                    .setTelemetryComplete(true)
                    .setLosses(List.of())
                    .setSummary(alert.getSummary().replaceFirst(" Telemetry .*$", ""))
                    .build())
        .toList();
  }

  /// Records that came twice or too late.
  private static double skipped(StreamService topology) {
    return topology.registry().find(Meters.RECORDS_SKIPPED.name()).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static double lost(StreamService topology) {
    return topology.registry().find(Meters.LOST.name()).functionCounters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @Test
  void should_not_copy_what_would_be_out_of_order() {
    apply(Topics.of("four.", 4));
    apply(Topics.of("six.", 6));
    apply(Topics.of("eight.", 8));
    try (var sender = new TelemetrySender(broker.bootstrapServers(), Topics.of("eight.", 8))) {
      sender.send(hosts.getFirst().heartbeat(now));
    }

    assertThat(run(Topics.of("six.", 6), "topics", "copy", "--from", "four.").said())
        .contains("has 6 partitions, which is no multiple of the 4 of four.");
    assertThat(run(Topics.of("eight.", 8), "topics", "copy", "--from", "four.").said())
        .contains("eight.collector-status has records already");
    assertThat(run(Topics.of("four.", 4), "topics", "copy", "--from", "four.").status())
        .isEqualTo(2);
    assertThat(run(Topics.of("absent.", 4), "topics", "copy", "--from", "four.").said())
        .contains("no topic absent.");
  }

  /// All hosts at once, in the order of time, as a fleet sends: a connection every 15 seconds and a
  /// heartbeat every minute.
  ///
  /// @param of where each host writes
  /// @param slow the hosts that are slow
  private void history(
      Instant from, Instant to, Function<SyntheticHost, Topics> of, List<SyntheticHost> slow) {
    try (var old = new TelemetrySender(broker.bootstrapServers(), OLD);
        var direct = new TelemetrySender(broker.bootstrapServers(), NEW)) {
      for (var at = from; at.isBefore(to); at = at.plusSeconds(15)) {
        for (var host : hosts) {
          var sender = of.apply(host).equals(OLD) ? old : direct;
          sender.send(host.connection(at, slow.contains(host) ? SLOW : USUAL));
          if (at.getEpochSecond() % 60 < 15) {
            sender.send(host.heartbeat(at));
          }
        }
      }
    }
  }

  private void apply(Topics topics) {
    try (var admin = Clusters.admin(broker.bootstrapServers(), Map.of())) {
      TopicPlan.of(admin, topics, 1).apply(admin);
    }
  }

  private StreamService topology(String applicationId, Topics topics) throws Exception {
    var service =
        StreamService.start(
            new StreamsSettings(
                broker.bootstrapServers(),
                topics,
                new StreamsSettings.Application(
                    applicationId,
                    directory.resolve(applicationId),
                    1,
                    1,
                    0,
                    Duration.ofMillis(100),
                    Optional.empty(),
                    StreamsSettings.HostBounds.defaults()),
                DetectorSettings.defaults(),
                TimeBounds.defaults(),
                Map.of()),
            Endpoint.plain(InetSocketAddress.createUnresolved("127.0.0.1", 0)));
    await().atMost(PATIENCE).until(service::ready);
    assertThat(service.registry().find(Meters.MEASUREMENTS.name()).counters()).isNotEmpty();
    return service;
  }

  private List<Alert> alerts(Topics topics) {
    try (var reader =
        TopicReader.open(
            broker.bootstrapServers(), Map.of(), topics, Topics::alerts, Instant.EPOCH)) {
      return reader.readToEnd(() -> false);
    }
  }

  /// The alerts once no more have come for two seconds.
  private List<Alert> awaitQuiet(Topics topics) {
    var seen = new ArrayList<Alert>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(2))
        .pollDelay(Duration.ofSeconds(2))
        .until(
            () -> {
              var found = alerts(topics);
              boolean quiet = found.equals(seen);
              seen.clear();
              seen.addAll(found);
              return quiet;
            });
    return seen;
  }

  private static List<String> opened(List<Alert> alerts) {
    return alerts.stream()
        .filter(alert -> alert.getState() == AlertState.OPENED)
        .map(alert -> alert.getHost() + "/" + alert.getSubject().split("/", -1)[0])
        .toList();
  }

  private static Alert latest(List<Alert> alerts, String host, String signal) {
    return alerts.stream()
        .filter(alert -> alert.getHost().equals(host))
        .filter(alert -> alert.getSubject().startsWith(signal + "/"))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  /// Whether every alert of the host that was opened is over.
  private static boolean resolved(List<Alert> alerts, String host) {
    var ofHost = alerts.stream().filter(alert -> alert.getHost().equals(host)).toList();
    var over =
        ofHost.stream()
            .filter(alert -> alert.getState() == AlertState.RESOLVED)
            .map(Alert::getAlertId)
            .toList();
    return !ofHost.isEmpty()
        && ofHost.stream().allMatch(alert -> over.contains(alert.getAlertId()));
  }

  private Ran run(Topics topics, String... command) {
    return run(topics, new Stop(), command);
  }

  private Ran run(Topics topics, Stop stop, String... command) {
    var said = new StringWriter();
    var to = new PrintWriter(said, true);
    var prefix = topics.alerts().name().replaceFirst("alerts$", "");
    int status =
        Halfsecond.execute(
            new Surroundings(to, to, false, Map.of(), stop),
            Stream.concat(
                    Stream.of(command),
                    Stream.of(
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--set",
                        "topics.prefix=" + prefix))
                .toArray(String[]::new));
    return new Ran(status, said.toString());
  }
}
