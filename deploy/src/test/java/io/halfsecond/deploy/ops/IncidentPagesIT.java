package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.deploy.push.Page;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.AlertTexts;
import io.halfsecond.streams.metric.AlertSlots;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.processor.AlertBoard;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is called, how often, and what is said: alerts as the topology shows them, through a real
/// Prometheus and a real Alertmanager with the rules and the routing that are shipped.
class IncidentPagesIT {
  private static final Logger LOG = LoggerFactory.getLogger(IncidentPagesIT.class);
  private static final String COHORT = "debian-12-x86_64";
  private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");

  /// A little less than the three minutes after which a collector counts as silent.
  private static final Duration ALMOST_SILENT = Duration.ofSeconds(178);

  private final PrometheusMeterRegistry topology =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Board board = new Board(topology);
  private final AlertBoard hosts =
      new AlertBoard(board.section(), new AlertSlots(topology, "hosts"));
  private final AlertBoard cohorts =
      new AlertBoard(board.section(), new AlertSlots(topology, "cohorts"));
  private final AtomicInteger ids = new AtomicInteger();

  private Optional<AlertingStack> started = Optional.empty();

  private AlertingStack start(Path directory, Duration interval) throws IOException {
    var alerting = AlertingStack.start(directory, topology, interval);
    started = Optional.of(alerting);
    return alerting;
  }

  @AfterEach
  void stop() {
    started.ifPresent(AlertingStack::close);
  }

  @Test
  void should_call_once_for_each_reason_in_one_night(@TempDir Path directory) throws IOException {
    // 500 hosts that are well.
    var fleet = new Fleet(500);
    var alerting = start(directory, Duration.ofSeconds(1));

    // Load on one host.
    var busy = host("web-100", load());
    hosts.show(busy);
    alerting.awaitCall(busy.getTitle());
    hosts.hide(busy);

    // A rollout to twelve hosts: the first opens the incident, the others join.
    var upgraded = IntStream.range(0, 12).mapToObj("web-%03d"::formatted).toList();
    var affected = new ArrayList<Alert>();
    var rollout = incident(upgraded.subList(0, 1), newLibrary());
    cohorts.show(rollout);
    for (int i = 0; i < upgraded.size(); i++) {
      var alert = host(upgraded.get(i), newLibrary());
      affected.add(alert);
      hosts.show(alert);
      rollout = incident(rollout.getAlertId(), upgraded.subList(0, i + 1), newLibrary());
      cohorts.show(rollout);
    }
    cohorts.refresh();
    alerting.awaitFiring("HalfsecondSshdInIncident", upgraded.size());
    alerting.awaitCall(rollout.getTitle());

    // A person accepts it, and takes that back: what opens then is another alert.
    cohorts.hide(rollout);
    affected.forEach(hosts::hide);
    alerting.awaitFiring("HalfsecondIncident", 0);
    var again = incident(upgraded.subList(0, 1), newLibrary());
    var itsHost = host(upgraded.getFirst(), newLibrary());
    cohorts.show(again);
    hosts.show(itsHost);
    alerting.awaitCall(again.getTitle());
    cohorts.hide(again);
    hosts.hide(itsHost);

    // Kafka is down.
    fleet.loseKafka();
    awaitLongSilence(alerting, 500);
    Awaitility.await("one page for Kafka")
        .atMost(AlertingStack.PATIENCE)
        .until(
            () ->
                alerting.summaries("page").stream()
                    .anyMatch(page -> page.endsWith(" hosts are silent")));
    fleet.findKafka();
    alerting.awaitFiring("HalfsecondCollectorsSilent", 0);

    // A site goes dark, and the topology tells.
    var dark = IntStream.range(200, 240).mapToObj("web-%03d"::formatted).toList();
    var site = silent(Given.incident(nextId(), Map.of()).setMembers(members(dark)));
    cohorts.show(site);
    dark.forEach(name -> hosts.show(silent(Given.startup(nextId()).setHost(name))));
    cohorts.refresh();
    alerting.awaitCall(site.getTitle());

    // Last, so that whatever the others may have led to has been called for before it.
    var last = host("web-499");
    hosts.show(last);
    alerting.awaitCall(last.getTitle());

    assertThat(alerting.summaries("page"))
        .hasSize(5)
        .startsWith(rollout.getTitle(), again.getTitle())
        .endsWith(last.getTitle());
    assertThat(alerting.summaries("page").get(2))
        .matches("Kafka is out of reach: \\d+ of 500 hosts are silent");
    assertThat(alerting.summaries("page").get(3))
        .isEqualTo(site.getTitle())
        .startsWith("40 hosts of " + COHORT + ": collector silent without a goodbye (silence) [");
    assertThat(alerting.summaries("ticket")).containsExactly(busy.getTitle());
    assertThat(alerting.calls())
        .filteredOn(call -> call.summary().startsWith("12 hosts of "))
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.annotations().path("runbook_url").asText())
                  .isEqualTo("https://wiki.example/halfsecond#halfsecondincident");
              assertThat(call.annotations().path("dashboard_url").asText())
                  .isEqualTo("https://grafana.example/d/halfsecond-fleet");
            });
  }

  /// How long the rules take is logged, and said in docs/sizing.md.
  @Test
  void should_call_once_for_each_reason_in_a_fleet_of_ten_thousand(@TempDir Path directory)
      throws IOException {
    var fleet = new Fleet(10_000);
    var names = IntStream.range(0, AlertSlots.MOST + 1).mapToObj("web-%03d"::formatted).toList();
    var incident = incident(names, newLibrary());
    cohorts.show(incident);
    names.forEach(name -> hosts.show(host(name, newLibrary())));
    fleet.loseKafka();
    var alerting = start(directory, Duration.ofSeconds(5));
    alerting.awaitFiring("HalfsecondSshdInIncident", AlertSlots.MOST);
    awaitLongSilence(alerting, 10_000);

    Awaitility.await("all pages")
        .atMost(AlertingStack.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(alerting.summaries("page"))
                    .containsExactlyInAnyOrder(
                        incident.getTitle(),
                        "Kafka is out of reach: 10000 of 10000 hosts are silent",
                        "1 open alerts of hosts have no series: `halfsecond alerts --open` prints"
                            + " all of them"));
    alerting.evaluations().forEach((group, time) -> LOG.info("{}: {}", group, time));
  }

  @Test
  void
      should_page_once_for_a_cohort_that_moves_without_a_change_and_once_for_a_host_that_moves_otherwise(
          @TempDir Path directory) throws IOException {
    var alerting = start(directory, Duration.ofSeconds(1));
    var names = IntStream.range(0, 12).mapToObj("web-%02d"::formatted).toList();
    var incident = incident(names);
    cohorts.show(incident);
    names.forEach(name -> hosts.show(host(name)));
    alerting.awaitFiring("HalfsecondSshdShifted", names.size());
    Awaitility.await("kept back")
        .atMost(AlertingStack.PATIENCE)
        .until(
            () ->
                alerting
                        .alertmanager
                        .read("/api/v2/alerts")
                        .valueStream()
                        .filter(alert -> !alert.path("status").path("inhibitedBy").isEmpty())
                        .count()
                    == names.size());

    var other = host("web-99");
    ((ShiftFinding) other.getFinding()).setDirection(Direction.DOWN);
    hosts.show(other);
    alerting.awaitCall(other.getTitle());

    assertThat(alerting.summaries("page"))
        .containsExactlyInAnyOrder(incident.getTitle(), other.getTitle());
  }

  /// So that routing and inhibition do not depend on the way, and nobody is called twice where both
  /// ways are used.
  @Test
  void should_send_with_the_labels_that_halfsecond_push_sends(@TempDir Path directory)
      throws IOException {
    var member = host("web-000", newLibrary());
    var open =
        List.of(
            member,
            written(
                Given.incident(nextId(), Map.of("web-000", List.of(member.getAlertId()))),
                newLibrary()),
            host("web-100", load()),
            host("web-200"),
            written(Given.startup(nextId()).setHost("web-300").setTier(Tier.CREEP)),
            written(Given.selfTest(nextId()).setHost("web-400")),
            silent(Given.startup(nextId()).setHost("web-500")),
            written(Given.contradiction(nextId(), "evidence/log-silent").setHost("web-600")),
            written(
                Given.contradiction(nextId(), "evidence/deleted")
                    .setHost("web-601")
                    .setTier(Tier.CREEP)),
            written(Given.contradiction(nextId(), "forged").setHost("web-700")),
            written(
                Given.contradiction(nextId(), "two-collectors")
                    .setHost("web-800")
                    .setTier(Tier.CREEP)));
    open.forEach(alert -> (alert.getScope() == AlertScope.INCIDENT ? cohorts : hosts).show(alert));
    var alerting = start(directory, Duration.ofSeconds(1));

    var pushed =
        Page.of(open, NOON.plus(Duration.ofDays(1)), Page.Links.NONE).stream()
            .map(Page::labels)
            .toList();

    assertThat(pushed).hasSize(open.size() - 1);
    Awaitility.await("the same from Prometheus")
        .atMost(AlertingStack.PATIENCE)
        .untilAsserted(
            () -> assertThat(told(alerting)).containsExactlyInAnyOrderElementsOf(pushed));
  }

  /// The labels of all that somebody may be told.
  private static List<Map<String, String>> told(AlertingStack alerting) {
    return alerting
        .alertmanager
        .read("/api/v2/alerts")
        .valueStream()
        .map(alert -> alert.path("labels"))
        .filter(labels -> !labels.path("severity").asText().equals("info"))
        .filter(labels -> labels.has("id"))
        .map(
            labels ->
                labels
                    .propertyStream()
                    .collect(
                        Collectors.toMap(Map.Entry::getKey, label -> label.getValue().asText())))
        .toList();
  }

  /// Until each host would have paged, if all of them were not silent together.
  private static void awaitLongSilence(AlertingStack alerting, int hosts) {
    Awaitility.await("silence of all hosts")
        .atMost(AlertingStack.PATIENCE)
        .until(
            () ->
                alerting.prometheus.query("host:halfsecond_heartbeat_age_seconds > 187").size()
                    == hosts);
    assertThat(alerting.prometheus.query("ALERTS{alertname='HalfsecondCollectorSilent'}"))
        .isEmpty();
  }

  /// Hosts whose heartbeats come until Kafka is lost.
  private final class Fleet {
    private volatile Instant lost = Instant.MAX;

    private Fleet(int size) {
      for (int i = 0; i < size; i++) {
        // Heartbeats come every ten seconds, at a time of each host's own.
        var behind = Duration.ofMillis(i % 1_000);
        Meters.HEARTBEAT.gauge(
            topology,
            Tags.of("host", "web-%03d".formatted(i)),
            this,
            fleet -> fleet.heartbeat().minus(behind).toEpochMilli() / 1e3);
      }
      Meters.TOPOLOGY_RUNNING.gauge(topology, Tags.empty(), this, _ -> 1);
      Gauge.builder("kafka.consumer.connection.count", this, fleet -> fleet.isLost() ? 0 : 2)
          .tag("client_id", "halfsecond-70edef5f-StreamThread-1-consumer")
          .strongReference(true)
          .register(topology);
    }

    private boolean isLost() {
      return !lost.equals(Instant.MAX);
    }

    private Instant heartbeat() {
      return isLost() ? lost.minus(ALMOST_SILENT) : Instant.now();
    }

    private void loseKafka() {
      lost = Instant.now();
    }

    private void findKafka() {
      lost = Instant.MAX;
    }
  }

  private String nextId() {
    return "%08x".formatted(ids.getAndIncrement()) + "0".repeat(24);
  }

  private Alert host(String name, Change... changes) {
    return written(Given.startup(nextId()).setHost(name), changes);
  }

  private Alert incident(List<String> members, Change... changes) {
    return incident(nextId(), members, changes);
  }

  private static Alert incident(String id, List<String> members, Change... changes) {
    return written(Given.incident(id, Map.of()).setMembers(members(members)), changes);
  }

  private static List<Member> members(List<String> hosts) {
    return hosts.stream()
        .map(host -> Member.newBuilder().setHost(host).setOnset(NOON).build())
        .toList();
  }

  private static Alert silent(Alert.Builder builder) {
    return written(
        builder
            .setSubject("silence/collector")
            .setTier(Tier.STEP)
            .setFinding(
                ContradictionFinding.newBuilder()
                    .setRule("silence")
                    .setAbout("collector silent without a goodbye")
                    .build()));
  }

  private static Alert written(Alert.Builder builder, Change... changes) {
    var alert =
        builder
            .setCohort(COHORT)
            .setState(AlertState.CONFIRMED)
            .setConfirmed(true)
            .setAttribution(changes.length == 0 ? Attribution.UNCHANGED : Attribution.CHANGED)
            .setChanges(List.of(changes))
            .build();
    AlertTexts.write(alert);
    return alert;
  }

  private static Change newLibrary() {
    return Change.newBuilder()
        .setKind(ChangeKind.OBJECT)
        .setSubject("/opt/lib/libslow.so.1")
        .setAfter("5f".repeat(32))
        .setInside(true)
        .setNotBefore(NOON.minusSeconds(60))
        .setAt(NOON.minusSeconds(50))
        .build();
  }

  private static Change load() {
    return Change.newBuilder()
        .setKind(ChangeKind.LOAD)
        .setSubject("load")
        .setBefore("0.05")
        .setAfter("0.4")
        .setNotBefore(NOON)
        .setAt(NOON)
        .build();
  }
}
