package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.shift;
import static io.halfsecond.streams.Logins.LEARNED;
import static io.halfsecond.streams.Logins.SHIFTED;
import static io.halfsecond.streams.Logins.backdoored;
import static io.halfsecond.streams.Logins.inState;
import static io.halfsecond.streams.Logins.login;
import static io.halfsecond.streams.Logins.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.streams.alert.FindingView;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Decisions about alerts on shifts.
class DecisionTopologyTest {
  @TempDir private Path stateDirectory;

  private static final int LONG_SHIFTED = 120;

  private List<Alert> openAlerts(Harness harness) {
    send(harness, 0, LEARNED, Logins::unchanged);
    send(harness, LEARNED, LEARNED + LONG_SHIFTED, Logins::backdoored);
    return inState(harness.alerts(), AlertState.OPENED);
  }

  private static Alert ofStartup(List<Alert> alerts) {
    return alerts.stream()
        .filter(alert -> FindingView.signal(alert).equals("startup"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void should_end_the_alert_and_learn_the_change_when_it_is_accepted() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var opened = openAlerts(harness);

      // when
      opened.forEach(alert -> harness.decide(alert, Decision.ACCEPT, "openssh 9.8"));

      // then
      assertThat(harness.alerts())
          .hasSize(2)
          .allSatisfy(
              alert -> {
                assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
                assertThat(alert.getAcknowledgement())
                    .hasValueSatisfying(
                        acknowledgement -> {
                          assertThat(acknowledgement.getWho()).isEqualTo("alice@bastion");
                          assertThat(acknowledgement.getAt()).isEqualTo(harness.now());
                          assertThat(acknowledgement.getWhy()).isEqualTo("openssh 9.8");
                        });
              });
      assertThat(harness.open("startup")).isNaN();
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
          .as("what moved with the first was accepted with it")
          .isOne();
      send(harness, LEARNED + LONG_SHIFTED, LEARNED + 3 * LONG_SHIFTED, Logins::backdoored);
      assertThat(harness.alerts()).isEmpty();
    }
  }

  @Test
  void should_alert_again_when_an_acceptance_is_rolled_back() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var opened = ofStartup(openAlerts(harness));
      harness.decide(opened, Decision.ACCEPT, "openssh 9.8");
      harness.alerts();

      // when
      harness.decide(opened, Decision.ROLL_BACK, "it was not openssh 9.8");
      send(harness, LEARNED + LONG_SHIFTED, LEARNED + LONG_SHIFTED + SHIFTED, Logins::backdoored);

      // then
      var alerts =
          harness.alerts().stream()
              .filter(alert -> FindingView.signal(alert).equals("startup"))
              .toList();
      assertThat(alerts.getFirst().getAlertId()).isEqualTo(opened.getAlertId());
      assertThat(alerts.getFirst().getState()).isEqualTo(AlertState.ACKNOWLEDGED);
      assertThat(alerts.getFirst().getSummary()).contains("rolled back", "it was not openssh 9.8");
      var again = inState(alerts, AlertState.OPENED).getFirst();
      assertThat(again.getAlertId()).isNotEqualTo(opened.getAlertId());
      assertThat(shift(again).getBefore().getP50()).isCloseTo(8.0 * MILLI, within(0.5 * MILLI));
    }
  }

  @Test
  void should_resolve_an_alert_that_opened_against_a_baseline_when_it_is_rolled_back() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var first = ofStartup(openAlerts(harness));
      harness.decide(first, Decision.ACCEPT, "openssh 9.8");
      send(
          harness,
          LEARNED + LONG_SHIFTED,
          LEARNED + 2 * LONG_SHIFTED,
          login -> backdoored(backdoored(backdoored(login))));
      var second =
          ofStartup(
              inState(harness.alerts(), AlertState.OPENED).stream()
                  .filter(alert -> !alert.getAlertId().equals(first.getAlertId()))
                  .toList());

      // when
      harness.decide(first, Decision.ROLL_BACK, "a mistake");

      // then
      assertThat(harness.alerts())
          .filteredOn(alert -> FindingView.signal(alert).equals("startup"))
          .extracting(Alert::getAlertId, Alert::getState)
          .containsExactly(
              tuple(second.getAlertId(), AlertState.RESOLVED),
              tuple(first.getAlertId(), AlertState.ACKNOWLEDGED));
      assertThat(harness.open("startup")).isNaN();
    }
  }

  @Test
  void should_hide_a_dismissed_alert_and_report_its_end() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var opened = ofStartup(openAlerts(harness));

      // when
      harness.decide(opened, Decision.DISMISS, "a load test");

      // then
      assertThat(harness.open("startup")).isNaN();
      send(harness, LEARNED + LONG_SHIFTED, LEARNED + 2 * LONG_SHIFTED, Logins::backdoored);
      send(harness, LEARNED + 2 * LONG_SHIFTED, LEARNED + 5 * LONG_SHIFTED, Logins::unchanged);
      var steps =
          harness.alerts().stream()
              .filter(alert -> alert.getAlertId().equals(opened.getAlertId()))
              .toList();
      assertThat(steps).hasSizeGreaterThan(2);
      assertThat(steps.subList(0, steps.size() - 1))
          .extracting(Alert::getState)
          .containsOnly(AlertState.ACKNOWLEDGED);
      assertThat(steps.getLast().getState()).isEqualTo(AlertState.RESOLVED);
      assertThat(steps.getLast().getAcknowledgement()).isPresent();
    }
  }

  @Test
  void should_count_a_decision_that_applies_to_no_alert_as_ignored() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      var opened = ofStartup(openAlerts(harness));

      // when
      harness.decide(
          Alert.newBuilder(opened).setAlertId("0".repeat(32)).build(), Decision.ACCEPT, "typo");
      harness.decide(
          Alert.newBuilder(opened).setHost("web-18").build(), Decision.ACCEPT, "another host");
      harness.decide(opened, Decision.ROLL_BACK, "was never accepted");

      // then
      assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"ignored\"}"))
          .isEqualTo(3);
      assertThat(harness.open("startup")).isEqualTo(1);
    }
  }

  @Test
  void should_dead_letter_a_decision_on_the_wrong_partition() {
    try (var harness = new Harness(stateDirectory)) {
      var opened = ofStartup(openAlerts(harness));

      harness.decide("web-18", opened, Decision.ACCEPT, "key is another host's");

      assertThat(harness.deadLetters()).hasSize(1);
      assertThat(harness.open("startup")).isEqualTo(1);
    }
  }
}
