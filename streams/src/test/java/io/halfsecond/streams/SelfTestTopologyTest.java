package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.selfTest;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.streams.alert.FindingView;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerts on self-tests, and decisions about them.
class SelfTestTopologyTest {
  @TempDir private Path stateDirectory;

  /// With TERM set the payload sleeps: 503 ms less, p = 1e-12.
  private static SelfTestReport.Builder backdoored(int hour) {
    return report(
        hour,
        comparison(SelfTestEnvironment.TERMINAL, 1e-12)
            .setServiceWallNanos(512.0 * MILLI)
            .setServiceCpuNanos(505.0 * MILLI));
  }

  private static SelfTestReport.Builder clean(int hour) {
    return report(hour, comparison(SelfTestEnvironment.TERMINAL, 0.7));
  }

  private static SelfTestReport.Builder report(int hour, SelfTestComparison.Builder withTerm) {
    return selfTest(
        hour,
        START.plus(Duration.ofHours(hour)),
        withTerm,
        comparison(SelfTestEnvironment.NO_LANGUAGE, 0.4),
        comparison(SelfTestEnvironment.LOADER_DEBUG, 0.9),
        comparison(SelfTestEnvironment.OTHER_NAME, 1));
  }

  @Test
  void should_judge_a_duration_of_minus_zero_like_one_of_zero() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      for (int hour = 0; hour < 2; hour++) {
        harness.send(
            report(
                hour,
                comparison(SelfTestEnvironment.TERMINAL, 1e-12)
                    .setServiceWallNanos(-0.0)
                    .setOtherWallNanos(-0.0)));
      }

      // then
      assertThat(harness.deadLetters()).isEmpty();
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"selftest\"}"))
          .isEqualTo(8);
    }
  }

  @Test
  void should_alert_at_the_first_report_without_history() {
    try (var harness = new Harness(stateDirectory)) {
      // when
      harness.send(backdoored(0).setCohort("debian-12"));

      // then
      var alerts = harness.alerts();
      assertThat(alerts)
          .extracting(Alert::getState)
          .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(alerts).extracting(Alert::getAlertId).containsOnly(alerts.getFirst().getAlertId());
      assertThat(alerts).extracting(Alert::getRevision).containsExactly(0, 1);
      assertThat(alerts.getLast())
          .satisfies(
              alert -> {
                assertThat(alert.getConfirmed()).isTrue();
                assertThat(alert.getCohort()).isEqualTo("debian-12");
                assertThat(FindingView.signal(alert)).isEqualTo("selftest");
                assertThat(FindingView.of(alert).phase()).isEqualTo(Phase.STARTUP);
                assertThat(FindingView.stratum(alert)).isEqualTo("sshd_-V/term-set");
                assertThat(alert.getOnset()).isEqualTo(START);
                assertThat(alert.getSummary())
                    .isEqualTo(
                        "web-17: sshd -V takes 512 ms as a service, 9.1 ms with TERM set (24 runs"
                            + " each; self-test), seen 2024-03-29 12:00:00Z. What changed is not"
                            + " known. Evidence 2.5e+11 days against a limit of 24,350. Telemetry"
                            + " complete. Alert fd7c7d6a.");
              });
      assertThat(harness.open("selftest")).isEqualTo(1);
    }
  }

  @Test
  void should_not_alert_when_p_is_just_above_the_limit() {
    try (var harness = new Harness(stateDirectory)) {
      // One day, four comparisons, a share of 0.015 of one false alarm per host and year.
      double limit = 1 / (4 * 365.25 / 0.015);

      harness.send(report(0, comparison(SelfTestEnvironment.TERMINAL, limit * 1.001)));
      assertThat(harness.alerts()).isEmpty();

      harness.send(report(24, comparison(SelfTestEnvironment.TERMINAL, limit * 0.999)));
      assertThat(harness.alerts()).hasSize(2);
    }
  }

  @Test
  void should_resolve_when_the_difference_is_gone() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      harness.send(backdoored(0));
      harness.send(backdoored(1));
      var opened = harness.alerts();
      assertThat(opened).hasSize(2);
      assertThat(harness.open("selftest")).isEqualTo(1);

      // when
      harness.send(clean(2));

      // then
      assertThat(harness.alerts())
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.getAlertId()).isEqualTo(opened.getFirst().getAlertId());
                assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
                assertThat(alert.getRevision()).isEqualTo(2);
                assertThat(alert.getSummary())
                    .isEqualTo(
                        "web-17: sshd -V costs the same as a service and with TERM set again,"
                            + " after 512 ms and 9.1 ms since 2024-03-29 12:00:00Z. Telemetry"
                            + " complete. Alert fd7c7d6a.");
              });
      assertThat(harness.open("selftest")).isNaN();
    }
  }

  @Test
  void should_open_no_alert_once_accepted_until_the_difference_has_gone() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      harness.send(backdoored(0));
      var opened = harness.alerts().getFirst();

      // when
      harness.decide(opened, Decision.ACCEPT, "our wrapper");

      // then
      assertThat(harness.alerts())
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
                assertThat(alert.getAlertId()).isEqualTo(opened.getAlertId());
                assertThat(alert.getSummary()).endsWith(" Accepted by alice@bastion: our wrapper");
              });
      assertThat(harness.open("selftest")).isNaN();
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
          .isEqualTo(1);
      harness.send(backdoored(1));
      harness.send(clean(2));
      assertThat(harness.alerts()).isEmpty();
      harness.send(backdoored(3));
      assertThat(harness.alerts()).hasSize(2);
      harness.decide(opened, Decision.ROLL_BACK, "too late");
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"ignored\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void should_alert_again_when_an_acceptance_is_rolled_back() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      harness.send(backdoored(0));
      var opened = harness.alerts().getFirst();
      harness.decide(opened, Decision.ACCEPT, "our wrapper");
      harness.alerts();

      // when
      harness.decide(opened, Decision.ROLL_BACK, "it was not our wrapper");
      harness.send(backdoored(1));

      // then
      var alerts = harness.alerts();
      assertThat(alerts)
          .extracting(Alert::getState)
          .containsExactly(AlertState.ACKNOWLEDGED, AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(alerts.getFirst().getAlertId()).isEqualTo(opened.getAlertId());
      assertThat(alerts.getLast().getAlertId()).isNotEqualTo(opened.getAlertId());
    }
  }

  @Test
  void should_hide_a_dismissed_alert_and_report_its_end() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      harness.send(backdoored(0));
      var opened = harness.alerts().getFirst();

      // when
      harness.decide(opened, Decision.DISMISS, "being rebuilt");
      assertThat(harness.open("selftest")).isNaN();
      harness.send(backdoored(1));
      harness.send(clean(2));

      // then
      assertThat(harness.alerts())
          .extracting(Alert::getState)
          .containsExactly(AlertState.ACKNOWLEDGED, AlertState.RESOLVED);
    }
  }
}
