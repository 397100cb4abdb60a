package io.halfsecond.streams;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.shift;
import static io.halfsecond.streams.Logins.LEARNED;
import static io.halfsecond.streams.Logins.SHIFTED;
import static io.halfsecond.streams.Logins.backdoored;
import static io.halfsecond.streams.Logins.inState;
import static io.halfsecond.streams.Logins.login;
import static io.halfsecond.streams.Logins.minute;
import static io.halfsecond.streams.Logins.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Phase;
import io.halfsecond.streams.alert.FindingView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerts on shifts of a host: when they open, what they report and how they end.
class AlertTopologyTest {
  @TempDir private Path stateDirectory;

  @Test
  void should_open_one_alert_per_affected_signal_when_startup_gets_slower() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);
      assertThat(harness.alerts()).isEmpty();

      // when
      send(harness, LEARNED, LEARNED + SHIFTED, Logins::backdoored);

      // then
      var opened = inState(harness.alerts(), AlertState.OPENED);
      assertThat(opened)
          .extracting(FindingView::signal)
          .containsExactlyInAnyOrder("startup", "cpu-startup");
      assertThat(opened)
          .allSatisfy(
              alert -> {
                assertThat(alert.getHost()).isEqualTo(HOST);
                assertThat(shift(alert).getPhase()).isEqualTo(Phase.STARTUP);
                assertThat(shift(alert).getDirection()).isEqualTo(Direction.UP);
                assertThat(FindingView.stratum(alert)).isEqualTo("all");
                assertThat(alert.getRevision()).isZero();
                assertThat(alert.getAlertId()).matches("[0-9a-f]{32}");
                assertThat(shift(alert).getShift()).isCloseTo(490.0 * MILLI, within(15.0 * MILLI));
                assertThat(alert.getOnset())
                    .isEqualTo(login(LEARNED, new SplittableRandom(LEARNED)).getDecidedAt());
                assertThat(alert.getTelemetryComplete()).isTrue();
                assertThat(shift(alert).getEvidenceDays().orElseThrow())
                    .isGreaterThanOrEqualTo(shift(alert).getLimitDays().orElseThrow());
                assertThat(alert.getSummary())
                    .startsWith("web-17: sshd ")
                    .contains("Telemetry complete.");
              });
      assertThat(harness.open("startup")).isEqualTo(1);
      assertThat(harness.figure("halfsecond_alert_shift_seconds", "startup"))
          .isCloseTo(0.5, within(0.02));
      assertThat(harness.scraped("halfsecond_alert_records_total{state=\"opened\"}")).isEqualTo(2);
    }
  }

  @Test
  void should_state_the_phase_when_authentication_gets_slower() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);

      // when
      send(
          harness,
          LEARNED,
          LEARNED + SHIFTED,
          login ->
              login.setPreauthNanos(login.getOptionalPreauthNanos().orElseThrow() + 500 * MILLI));

      // then
      assertThat(inState(harness.alerts(), AlertState.OPENED))
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(FindingView.signal(alert)).isEqualTo("preauth");
                assertThat(shift(alert).getPhase()).isEqualTo(Phase.PREAUTH);
                assertThat(FindingView.stratum(alert)).isEqualTo("publickey/accepted");
              });
    }
  }

  @Test
  void should_open_no_alert_when_nothing_changes() {
    try (var harness = new Harness(stateDirectory)) {
      send(harness, 0, LEARNED + SHIFTED, Logins::unchanged);

      assertThat(harness.alerts()).isEmpty();
      assertThat(harness.deadLetters()).isEmpty();
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
          .isEqualTo(LEARNED + SHIFTED);
    }
  }

  @Test
  void should_open_no_alert_when_sshd_waits_for_a_cpu_on_a_busy_host() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);

      // when
      send(
          harness,
          LEARNED,
          LEARNED + SHIFTED,
          login ->
              login
                  .setStartupNanos(login.getStartupNanos() + 500 * MILLI)
                  .setStartupRunQueueNanos(500 * MILLI));

      // then
      assertThat(harness.alerts()).isEmpty();
    }
  }

  @Test
  void should_resolve_the_alert_when_sshd_is_as_fast_as_before() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);
      send(harness, LEARNED, LEARNED + SHIFTED, Logins::backdoored);
      var opened = inState(harness.alerts(), AlertState.OPENED);

      // when
      send(harness, LEARNED + SHIFTED, LEARNED + SHIFTED + 300, Logins::unchanged);

      // then
      var resolved = inState(harness.alerts(), AlertState.RESOLVED);
      assertThat(resolved)
          .extracting(Alert::getAlertId)
          .containsExactlyInAnyOrderElementsOf(opened.stream().map(Alert::getAlertId).toList());
      assertThat(harness.open("startup")).isNaN();
      assertThat(harness.registry.scrape())
          .doesNotContain(
              "halfsecond_alert_info{",
              "halfsecond_alert_title_info{",
              "halfsecond_alert_confirmed{");
    }
  }

  @Test
  void should_number_the_steps_of_an_alert_without_gaps() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);

      // when
      send(harness, LEARNED, LEARNED + 200, Logins::backdoored);

      // then
      var startup =
          harness.alerts().stream()
              .filter(alert -> FindingView.signal(alert).equals("startup"))
              .toList();
      assertThat(startup).hasSizeGreaterThan(2);
      assertThat(startup)
          .extracting(Alert::getAlertId)
          .containsOnly(startup.getFirst().getAlertId());
      for (int i = 0; i < startup.size(); i++) {
        assertThat(startup.get(i).getRevision()).isEqualTo(i);
        assertThat(startup.get(i).getState())
            .isEqualTo(
                switch (i) {
                  case 0 -> AlertState.OPENED;
                  case 1 -> AlertState.CONFIRMED;
                  default -> AlertState.UPDATED;
                });
      }
    }
  }

  @Test
  void should_give_bit_identical_alerts_when_telemetry_is_replayed(@TempDir Path another) {
    // given
    var live = new ArrayList<TestRecord<String, byte[]>>();
    var replayed = new ArrayList<TestRecord<String, byte[]>>();

    // when
    try (var harness = new Harness(stateDirectory)) {
      for (int n = 0; n < LEARNED + 120; n++) {
        var login = login(n, new SplittableRandom(n));
        harness.send(n < LEARNED ? login : backdoored(login));
        // Long pauses on the wall clock, as with slow delivery.
        if (n % 50 == 0) {
          harness.pass(Duration.ofMinutes(3));
        }
      }
      live.addAll(harness.alertRecords());
    }
    try (var harness = new Harness(another)) {
      harness.pass(Duration.ofDays(7));
      send(harness, 0, LEARNED, Logins::unchanged);
      send(harness, LEARNED, LEARNED + 120, Logins::backdoored);
      replayed.addAll(harness.alertRecords());
    }

    // then
    assertThat(live).isNotEmpty().hasSameSizeAs(replayed);
    for (int i = 0; i < live.size(); i++) {
      assertThat(replayed.get(i).key()).isEqualTo(live.get(i).key());
      assertThat(replayed.get(i).value()).isEqualTo(live.get(i).value());
      assertThat(replayed.get(i).timestamp()).isEqualTo(live.get(i).timestamp());
    }
  }

  @Test
  void should_score_the_last_block_at_the_next_heartbeat_when_no_login_follows() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);
      int n = LEARNED + 1;
      send(harness, LEARNED, n + 1, Logins::backdoored);
      double before =
          harness.scraped("halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}");

      // when
      harness.send(heartbeat(n + 1, minute(n + 1).plusSeconds(11)));

      // then
      assertThat(
              harness.scraped(
                  "halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}"))
          .isGreaterThan(before);
    }
  }

  @Test
  void should_score_the_last_block_by_the_wall_clock_when_the_host_falls_silent() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);
      send(harness, LEARNED, LEARNED + 2, Logins::backdoored);
      var ratio = "halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}";
      double before = harness.scraped(ratio);

      // when
      harness.pass(Duration.ofMinutes(1));
      double afterOneMinute = harness.scraped(ratio);
      harness.pass(Duration.ofMinutes(2));

      // then
      assertThat(afterOneMinute).isEqualTo(before);
      assertThat(harness.scraped(ratio)).isGreaterThan(before);
    }
  }

  @Test
  void should_report_incomplete_telemetry_when_records_were_lost_since_the_onset() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      send(harness, 0, LEARNED, Logins::unchanged);

      // when
      send(harness, LEARNED, LEARNED + 1, Logins::backdoored);
      harness.send(login(LEARNED + 1, new SplittableRandom(0)).setComplete(false));
      send(harness, LEARNED + 2, LEARNED + SHIFTED, Logins::backdoored);

      // then
      assertThat(harness.alerts())
          .isNotEmpty()
          .allSatisfy(
              alert -> {
                assertThat(alert.getTelemetryComplete()).isFalse();
                assertThat(alert.getSummary()).contains("Telemetry incomplete");
              });
    }
  }
}
