package io.halfsecond.streams;

import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.session;
import static io.halfsecond.streams.Logins.LEARNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Decision;
import io.halfsecond.streams.metric.HostMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which series a host has, in the registry that Prometheus scrapes.
class HostMetricsTopologyTest {
  private static final String SHIFTED = "web-17";

  /// More than lead the evidence.
  private static final int FLEET = 120;

  /// Without alerts, and with losses of every kind.
  private static final String QUIET = host(FLEET - 1);

  private static final int MOST_SERIES = 12;

  @TempDir private Path stateDirectory;

  private static String host(int n) {
    return "app-%03d".formatted(n);
  }

  private static List<String> series(Harness harness, String host) {
    return harness
        .registry
        .scrape()
        .lines()
        .filter(line -> line.contains("host=\"" + host + "\""))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .toList();
  }

  /// One connection and its session, a probe round, and a heartbeat that tells of losses.
  private static void sendOne(Harness harness, String host, int n, Instant at) {
    var random = new SplittableRandom(n);
    harness.send(
        Logins.login(0, random)
            .setHost(host)
            .setSequence(4L * n)
            .setId(id(host, 4 * n))
            .setConnectedAt(at.minusMillis(300))
            .setDecidedAt(at)
            .setStartupMinorFaults(750L));
    harness.send(session(4L * n + 1, at).setHost(host).setId(id(host, 4 * n + 1)));
    harness.send(probe(4L * n + 2, at).setHost(host).setId(id(host, 4 * n + 2)));
    harness.send(
        heartbeat(4L * n + 3, at)
            .setHost(host)
            .setRecordsDropped(Map.of("queue-full", (long) n, "spool-full", 1L, "rejected", 1L)));
  }

  private static String id(String host, int n) {
    return Given.id(host.hashCode() * 1_000_000L + n).substring(0, 32);
  }

  /// The fleet has six minutes of history, and one host a backdoor after a day.
  private static void sendFleet(Harness harness) {
    Logins.send(harness, 0, LEARNED, Logins::unchanged);
    for (int minute = 0; minute < 6; minute++) {
      for (int n = 0; n < FLEET; n++) {
        sendOne(
            harness,
            host(n),
            minute,
            Logins.minute(LEARNED - 6 + minute).plusSeconds(8).plusMillis(10L * n));
      }
    }
    harness.pass(Duration.ofSeconds(30));
  }

  @Test
  void should_show_at_most_twelve_series_of_a_host_and_all_of_one_with_an_alert() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      sendFleet(harness);

      // then
      assertThat(series(harness, QUIET))
          .containsExactlyInAnyOrder(
              "halfsecond_baseline_connections{host=\"app-119\",signal=\"startup\"}",
              "halfsecond_collector_heartbeat_timestamp_seconds{host=\"app-119\"}",
              "halfsecond_host_details{cohort=\"\",host=\"app-119\"}",
              "halfsecond_host_evidence_ratio{host=\"app-119\"}",
              "halfsecond_host_lost_total{host=\"app-119\"}",
              "halfsecond_lost_total{host=\"app-119\",reason=\"missing\"}",
              "halfsecond_signal_connections{host=\"app-119\",signal=\"startup\",window=\"5m\"}",
              "halfsecond_signal_seconds{host=\"app-119\",quantile=\"0.5\",signal=\"startup\",window=\"5m\"}",
              "halfsecond_signal_seconds{host=\"app-119\",quantile=\"0.95\",signal=\"startup\",window=\"5m\"}")
          .hasSizeLessThanOrEqualTo(MOST_SERIES);
      assertThat(harness.scraped("halfsecond_host_details{cohort=\"\",host=\"app-119\"}")).isZero();
      assertThat(harness.scraped("halfsecond_host_lost_total{host=\"app-119\"}")).isEqualTo(7);

      // when
      Logins.send(harness, LEARNED, LEARNED + 8, Logins::backdoored);

      // then
      assertThat(harness.alerts()).isNotEmpty();
      assertThat(harness.scraped("halfsecond_host_details{cohort=\"\",host=\"web-17\"}"))
          .isEqualTo(1);
      assertThat(
              harness.scraped(
                  "halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}"))
          .isGreaterThan(1)
          .isLessThanOrEqualTo(harness.scraped("halfsecond_host_evidence_ratio{host=\"web-17\"}"));
      assertThat(series(harness, SHIFTED)).hasSizeGreaterThan(40);
    }
  }

  @Test
  void should_take_the_details_away_again_that_are_of_no_interest_any_more() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      sendFleet(harness);
      Logins.send(harness, LEARNED, LEARNED + 8, Logins::backdoored);
      var alerts = harness.alerts();
      var open = alerts.stream().map(alert -> alert.getAlertId()).distinct().toList();

      // when both are accepted, and evidence begins anew
      open.forEach(
          id ->
              harness.decide(
                  alerts.stream()
                      .filter(alert -> alert.getAlertId().equals(id))
                      .reduce((_, last) -> last)
                      .orElseThrow(),
                  Decision.ACCEPT,
                  "the new library"));
      harness.pass(Duration.ofMinutes(12));

      // then
      assertThat(harness.scraped("halfsecond_host_evidence_ratio{host=\"web-17\"}")).isLessThan(1);
      assertThat(series(harness, SHIFTED)).hasSizeLessThanOrEqualTo(MOST_SERIES);
      assertThat(harness.scraped("halfsecond_host_details{cohort=\"\",host=\"web-17\"}")).isZero();
    }
  }

  @Test
  void should_show_all_series_of_all_hosts_if_they_are_asked_for() {
    try (var harness = Harness.showing(stateDirectory, HostMetrics.ALL)) {
      sendFleet(harness);

      assertThat(series(harness, QUIET))
          .hasSizeGreaterThan(90)
          .contains(
              "halfsecond_lost_total{host=\"app-119\",reason=\"queue-full\"}",
              "halfsecond_signal_seconds{host=\"app-119\",quantile=\"0.99\",signal=\"probe-banner\",window=\"1m\"}");
    }
  }

  @Test
  void should_show_only_what_is_wrong_if_no_host_is_asked_for() {
    try (var harness = Harness.showing(stateDirectory, HostMetrics.NONE)) {
      // given
      sendFleet(harness);
      assertThat(harness.registry.scrape()).doesNotContain("host=");

      // when one host has a backdoor and the others fall silent
      Logins.send(harness, LEARNED, LEARNED + 8, Logins::backdoored);

      // then
      assertThat(series(harness, SHIFTED))
          .isNotEmpty()
          .allSatisfy(line -> assertThat(line).startsWith("halfsecond_alert"));
      assertThat(series(harness, QUIET))
          .containsExactly("halfsecond_collector_heartbeat_timestamp_seconds{host=\"app-119\"}");

      // when it is heard of again
      harness.send(heartbeat(24, harness.now()).setHost(QUIET));
      assertThat(series(harness, QUIET)).isEmpty();
    }
  }

  /// Of a host whose collector has never sent a heartbeat there is nothing to count its age from.
  @Test
  void should_show_no_heartbeat_that_there_was_not() {
    try (var harness = Harness.showing(stateDirectory, HostMetrics.NONE)) {
      harness.send(Logins.login(0, new SplittableRandom(1)));
      harness.pass(Duration.ofMinutes(2));

      assertThat(harness.now()).isAfter(START);
      assertThat(harness.registry.scrape()).doesNotContain("host=");
    }
  }
}
