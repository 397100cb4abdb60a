package io.halfsecond.deploy.alerts;

import static io.halfsecond.deploy.alerts.Given.NOON;
import static io.halfsecond.deploy.alerts.Given.decided;
import static io.halfsecond.deploy.alerts.Given.startup;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Signal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class NewestAlertsTest {
  private static final String ID = "aa112233445566778899aabbccddeeff";
  private static final String OTHER = "aa1122ff445566778899aabbccddeeff";

  @Test
  void should_take_the_last_record_of_each_alert() {
    var updated = startup(ID).setState(AlertState.UPDATED).setRevision(1).build();

    var newest = NewestAlerts.of(List.of(startup(ID).build(), startup(OTHER).build(), updated));

    assertThat(newest.beginningWith("aa112233")).containsExactly(updated);
    assertThat(newest.beginningWith("aa1122")).hasSize(2);
    assertThat(newest.beginningWith("bb")).isEmpty();
  }

  @Test
  void should_count_what_was_dismissed_as_open_and_what_was_accepted_as_over() {
    var dismissed = decided("1", Decision.DISMISS).build();
    var confirmed =
        startup("2").setState(AlertState.CONFIRMED).setOpenedAt(NOON.minusSeconds(9)).build();

    var newest =
        NewestAlerts.of(
            List.of(
                dismissed,
                confirmed,
                decided("3", Decision.ACCEPT).build(),
                decided("4", Decision.ROLL_BACK).build(),
                decided("5", Decision.DISMISS).setState(AlertState.RESOLVED).build(),
                startup("6").setState(AlertState.TRANSIENT).build()));

    assertThat(newest.open()).containsExactly(confirmed, dismissed);
  }

  @ParameterizedTest
  @EnumSource(
      value = AlertState.class,
      names = {"RESOLVED", "TRANSIENT", "ACKNOWLEDGED"},
      mode = Mode.EXCLUDE)
  void should_let_open_alerts_be_accepted_and_dismissed_but_not_rolled_back(AlertState state) {
    var alert = startup(ID).setState(state).build();

    assertThat(objection(alert, Decision.ACCEPT)).isEmpty();
    assertThat(objection(alert, Decision.DISMISS)).isEmpty();
    assertThat(objection(alert, Decision.ROLL_BACK))
        .contains("it was never accepted: there is nothing to roll back");
  }

  @Test
  void should_let_a_dismissed_alert_be_decided_anew() {
    var alert = decided(ID, Decision.DISMISS).build();

    assertThat(objection(alert, Decision.ACCEPT)).isEmpty();
    assertThat(objection(alert, Decision.DISMISS)).isEmpty();
    assertThat(objection(alert, Decision.ROLL_BACK))
        .contains("it was never accepted: there is nothing to roll back");
  }

  @Test
  void should_say_how_an_alert_ended_that_is_over() {
    var resolved = startup(ID).setState(AlertState.RESOLVED).build();
    var accepted = decided(ID, Decision.ACCEPT).build();

    assertThat(objection(resolved, Decision.ACCEPT))
        .contains("it is over: RESOLVED at 2026-03-29 12:00:00Z");
    assertThat(objection(accepted, Decision.DISMISS))
        .contains("it is over: accepted by alice@bastion at 2026-03-29 12:01:00Z");
    assertThat(objection(decided(ID, Decision.ROLL_BACK).build(), Decision.ACCEPT))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .contains("its acceptance was rolled back by alice@bastion", "another alert"));
  }

  @Test
  void should_let_an_acceptance_be_rolled_back_once() {
    assertThat(objection(decided(ID, Decision.ACCEPT).build(), Decision.ROLL_BACK)).isEmpty();
    assertThat(objection(decided(ID, Decision.ROLL_BACK).build(), Decision.ROLL_BACK))
        .hasValueSatisfying(text -> assertThat(text).contains("rolled back by alice@bastion"));
  }

  @Test
  void should_let_only_the_last_acceptance_of_a_signal_be_rolled_back() {
    var first = decided(ID, Decision.ACCEPT).build();
    var second = decided(OTHER, Decision.ACCEPT).setOpenedAt(NOON.plusSeconds(600));

    assertThat(NewestAlerts.of(List.of(first, second.build())).objection(first, Decision.ROLL_BACK))
        .contains(
            "alert aa1122ff of the same signal was accepted after it: only the last acceptance can"
                + " be rolled back");
    assertThat(
            NewestAlerts.of(List.of(first, second.build()))
                .objection(second.build(), Decision.ROLL_BACK))
        .isEmpty();
    assertThat(
            NewestAlerts.of(List.of(first, second.setSignal(Signal.CPU_STARTUP).build()))
                .objection(first, Decision.ROLL_BACK))
        .isEmpty();
  }

  @Test
  void should_key_a_decision_by_host_or_by_cohort_if_it_is_about_all_of_it() {
    var control =
        AlertControl.newBuilder()
            .setAlertId(ID)
            .setHost("web-17")
            .setCohort("debian-12-x86_64")
            .setAcknowledgement(Given.word(Decision.ACCEPT));

    assertThat(ControlWriter.key(control.build())).isEqualTo("web-17");
    assertThat(ControlWriter.key(control.setHost("").build())).isEqualTo("debian-12-x86_64");
  }

  private static Optional<String> objection(Alert alert, Decision decision) {
    return NewestAlerts.of(List.of(alert)).objection(alert, decision);
  }
}
