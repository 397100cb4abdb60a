package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.shift;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.attribution.Suspects.Explanation;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Direction;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.detector.Summary;
import io.halfsecond.streams.detector.Tier;
import io.halfsecond.streams.measurement.SignalKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Steps of the detector, written as records of alerts.
class ShiftAlertsTest {
  private static final SignalKey STARTUP = new SignalKey(HOST, Signal.STARTUP, "all");
  private static final Acknowledgement DISMISSED = word(Decision.DISMISS);

  private static Acknowledgement word(Decision decision) {
    return Acknowledgement.newBuilder()
        .setDecision(decision)
        .setWho("alice@bastion")
        .setAt(START)
        .setWhy("change 4711")
        .build();
  }

  private static Subject subject(SignalKey key) {
    return Subject.ofHost(key.owner(), "debian-12", key.subject());
  }

  private static Alert written(AlertStep step) {
    return write(verdict(STARTUP, step, List.of(), Optional.empty()), Optional.empty());
  }

  private static Verdict.Step verdict(
      SignalKey key,
      AlertStep step,
      List<TelemetryLoss> losses,
      Optional<Acknowledgement> acknowledgement) {
    return ShiftVerdicts.of(subject(key), key, step, 1, losses, acknowledgement);
  }

  private static Alert write(Verdict.Step verdict, Optional<Alert> before) {
    return Alerts.of(verdict, before, _ -> Explanation.NOT_KNOWN);
  }

  private static AlertFacts facts(
      Direction direction, double beforeMillis, double afterMillis, long connections) {
    double shift = (afterMillis - beforeMillis) * MILLI;
    return new AlertFacts(
        Tier.STEP,
        direction,
        START.plusSeconds(300),
        START.plusSeconds(240),
        START.plusSeconds(10),
        Optional.of(START),
        START.plusSeconds(11),
        new Summary(1500, beforeMillis * MILLI, 10 * MILLI, 12 * MILLI),
        new Summary(connections, afterMillis * MILLI, 530 * MILLI, 540 * MILLI),
        shift,
        shift - 5 * MILLI,
        shift + 6 * MILLI,
        connections < 50,
        connections,
        4,
        2,
        0.05,
        0.06,
        false,
        9400,
        365.25);
  }

  @Test
  void should_write_all_facts_of_the_detector() {
    var alert = written(new AlertStep.Updated(facts(Direction.UP, 8, 511, 14)));

    assertThat(alert.getAlertId()).matches("[0-9a-f]{32}");
    assertThat(alert.getState()).isEqualTo(AlertState.UPDATED);
    assertThat(alert.getRevision()).isZero();
    assertThat(alert.getScope()).isEqualTo(AlertScope.HOST);
    assertThat(alert.getSubject()).isEqualTo("startup/all");
    assertThat(alert.getOnsetNotBefore()).contains(START);
    assertThat(alert.getOnsetNotAfter()).contains(START.plusSeconds(11));
    assertThat(shift(alert).getDirection()).isEqualTo(io.halfsecond.schemas.Direction.UP);
    assertThat(shift(alert).getPhase()).isEqualTo(Phase.STARTUP);
    assertThat(alert.getAt()).isEqualTo(START.plusSeconds(300));
    assertThat(alert.getOpenedAt()).isEqualTo(START.plusSeconds(240));
    assertThat(alert.getOnset()).isEqualTo(START.plusSeconds(10));
    assertThat(shift(alert).getBefore().getP50()).isEqualTo(8.0 * MILLI);
    assertThat(shift(alert).getAfter().getCount()).isEqualTo(14);
    assertThat(shift(alert).getShift()).isEqualTo(503.0 * MILLI);
    assertThat(shift(alert).getVotes()).isEqualTo(4);
    assertThat(shift(alert).getLimitDays().orElseThrow()).isEqualTo(365.25);
    assertThat(AvroSerde.of(Alert.class).decode(AvroSerde.of(Alert.class).encode(alert)))
        .isEqualTo(alert);
  }

  @Test
  void should_write_the_sentence() {
    var alert = written(new AlertStep.Opened(facts(Direction.UP, 8, 511, 14)));

    assertThat(alert.getSummary())
        .isEqualTo(
            "web-17: sshd startup 8.0 ms → 511 ms (+503 ms [498 ms, 509 ms], 64×) since 2024-03-29"
                + " 12:00:10Z, over 14 connections (preliminary). What changed is not known."
                + " Waiting for a CPU 5 % → 6 %: not for load. Evidence 9,400 days against a limit"
                + " of 365. Telemetry complete. Alert 595ecfb9.");
  }

  @Test
  void should_name_the_stratum_and_report_incomplete_telemetry() {
    var key = new SignalKey(HOST, Signal.CPU_PREAUTH, "publickey/failed");

    var alert =
        write(
            verdict(
                key,
                new AlertStep.Opened(facts(Direction.DOWN, 0.5, 0.25, 1000)),
                List.of(
                    new TelemetryLoss("incomplete", 1L, START),
                    new TelemetryLoss("restart", 1L, START),
                    new TelemetryLoss("missing", 1_200L, START.plusSeconds(500)),
                    new TelemetryLoss("spool-full", 3L, START.plusSeconds(540))),
                Optional.empty()),
            Optional.empty());

    assertThat(alert.getTelemetryComplete()).isFalse();
    assertThat(alert.getLosses()).hasSize(4);
    assertThat(alert.getSummary())
        .isEqualTo(
            "web-17: sshd CPU in preauth of publickey/failed 500 µs → 250 µs (-250 µs [-5.3 ms, 5.8"
                + " ms]) since 2024-03-29 12:00:10Z, over 1,000 connections. What changed is not"
                + " known. Waiting for a CPU 5 % → 6 %: not for load. Evidence 9,400 days against a"
                + " limit of 365. Telemetry incomplete since the onset: 1 incomplete connection,"
                + " the collector restarted, 1,200 records missing, 3 lost (spool-full); last at"
                + " 2024-03-29 12:09:00Z. Alert %s.".formatted(alert.getAlertId().substring(0, 8)));
  }

  @Test
  void should_write_the_sentence_of_the_end() {
    var alert = written(new AlertStep.Resolved(facts(Direction.UP, 8, 511, 14)));

    assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
    assertThat(alert.getSummary())
        .isEqualTo(
            "web-17: sshd startup is back near 8.0 ms after 511 ms since 2024-03-29 12:00:10Z."
                + " Telemetry complete. Alert 595ecfb9.");
  }

  @Test
  void should_keep_the_acknowledgement_until_the_alert_becomes_more_urgent() {
    var facts = facts(Direction.UP, 8, 511, 14);
    var dismissed =
        write(
            verdict(STARTUP, new AlertStep.Acknowledged(facts), List.of(), Optional.of(DISMISSED)),
            Optional.empty());

    var updated =
        write(
            verdict(STARTUP, new AlertStep.Updated(facts), List.of(), Optional.empty()),
            Optional.of(dismissed));
    var creeping = Alert.newBuilder(dismissed).setTier(io.halfsecond.schemas.Tier.CREEP).build();
    var escalated =
        write(
            verdict(STARTUP, new AlertStep.Updated(facts), List.of(), Optional.empty()),
            Optional.of(creeping));

    assertThat(dismissed.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
    assertThat(dismissed.getSummary()).endsWith(" Dismissed by alice@bastion: change 4711");
    assertThat(updated.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
    assertThat(updated.getAcknowledgement()).contains(DISMISSED);
    assertThat(escalated.getState()).isEqualTo(AlertState.UPDATED);
    assertThat(escalated.getAcknowledgement()).isEmpty();
  }

  @Test
  void should_stay_confirmed() {
    var facts = facts(Direction.UP, 8, 511, 14);
    var confirmed = written(new AlertStep.Confirmed(facts));

    var updated =
        write(
            verdict(STARTUP, new AlertStep.Updated(facts), List.of(), Optional.empty()),
            Optional.of(confirmed));

    assertThat(confirmed.getState()).isEqualTo(AlertState.CONFIRMED);
    assertThat(updated.getConfirmed()).isTrue();
    assertThat(written(new AlertStep.Opened(facts)).getConfirmed()).isFalse();
  }

  @Test
  void should_write_an_alert_of_a_cohort_in_the_units_of_its_signal() {
    var key = new SignalKey("debian-12", Signal.STARTUP, "all");
    var facts = facts(Direction.UP, 1000, 1500, 14);

    var alert =
        write(
            ShiftVerdicts.of(
                Subject.ofCohort("debian-12", key.subject()),
                key,
                new AlertStep.Opened(facts),
                0.008,
                List.of(),
                Optional.empty()),
            Optional.empty());

    assertThat(alert.getHost()).isEmpty();
    assertThat(alert.getCohort()).isEqualTo("debian-12");
    assertThat(shift(alert).getBefore().getP50()).isCloseTo(8.0 * MILLI, within(1e-6));
    assertThat(shift(alert).getShift()).isCloseTo(4.0 * MILLI, within(1e-6));
    assertThat(alert.getSummary())
        .startsWith("all hosts of debian-12: sshd startup 8.0 ms → 12 ms (+4.0 ms ");
  }

  @Test
  void should_write_page_faults_as_a_count_and_not_as_a_time() {
    var key = new SignalKey(HOST, Signal.FAULTS, "all");
    var facts =
        new AlertFacts(
            Tier.CREEP,
            Direction.UP,
            START,
            START,
            START,
            Optional.empty(),
            START,
            new Summary(1500, 750, 754, 756),
            new Summary(60, 760, 764, 766),
            10,
            9,
            11,
            false,
            60,
            9,
            0,
            Sample.NOT_KNOWN,
            Sample.NOT_KNOWN,
            false,
            9400,
            365.25);

    var alert =
        write(
            verdict(key, new AlertStep.Opened(facts), List.of(), Optional.empty()),
            Optional.empty());

    assertThat(shift(alert).getUnit()).isEqualTo(Unit.COUNT);
    assertThat(alert.getSummary())
        .startsWith("web-17: sshd page faults in startup 750 → 760 (+10 [9, 11]) since ")
        .doesNotContain("Waiting");
  }

  @Test
  void should_report_that_the_host_is_busier() {
    var f = facts(Direction.UP, 8, 511, 14);
    var busier =
        new AlertFacts(
            f.tier(),
            f.direction(),
            f.at(),
            f.openedAt(),
            f.onset(),
            f.onsetNotBefore(),
            f.onsetNotAfter(),
            f.before(),
            f.after(),
            f.shift(),
            f.shiftLow(),
            f.shiftHigh(),
            f.preliminary(),
            f.connections(),
            f.votes(),
            f.sources(),
            0.05,
            0.2,
            false,
            f.evidenceDays(),
            f.limitDays());

    assertThat(written(new AlertStep.Opened(busier)).getSummary())
        .contains("Waiting for a CPU 5 % → 20 %: the host is busier, which may be the reason.");
  }

  @Test
  void should_report_that_an_acceptance_was_rolled_back() {
    var facts = facts(Direction.UP, 8, 511, 14);
    var accepted =
        write(
            verdict(
                STARTUP,
                new AlertStep.Acknowledged(facts),
                List.of(),
                Optional.of(word(Decision.ACCEPT))),
            Optional.empty());

    var undone = Alerts.decided(accepted, AlertState.ACKNOWLEDGED, word(Decision.ROLL_BACK));

    assertThat(undone.getAlertId()).isEqualTo(accepted.getAlertId());
    assertThat(undone.getRevision()).isEqualTo(accepted.getRevision() + 1);
    assertThat(undone.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
    assertThat(undone.getSummary())
        .endsWith(" Acceptance rolled back by alice@bastion: change 4711");
  }

  @Test
  void should_state_no_evidence_for_a_drift() {
    var f = facts(Direction.UP, 8, 9, 500);
    var drifted =
        new AlertFacts(
            Tier.DRIFT,
            f.direction(),
            f.at(),
            f.openedAt(),
            f.onset(),
            Optional.empty(),
            f.onsetNotAfter(),
            f.before(),
            f.after(),
            f.shift(),
            f.shiftLow(),
            f.shiftHigh(),
            f.preliminary(),
            f.connections(),
            f.votes(),
            f.sources(),
            Sample.NOT_KNOWN,
            Sample.NOT_KNOWN,
            false,
            0,
            0);

    var alert = written(new AlertStep.Opened(drifted));

    assertThat(shift(alert).getEvidenceDays()).isEmpty();
    assertThat(shift(alert).getLimitDays()).isEmpty();
    assertThat(shift(alert).getWaitingBefore()).isEmpty();
    assertThat(alert.getSummary())
        .endsWith(
            ": its baseline has drifted from where it first stood, too slowly for STEP and CREEP."
                + " Telemetry complete. Alert 595ecfb9.");
  }

  @Test
  void should_give_every_alert_an_id_of_its_own() {
    var ids = new HashSet<String>();
    var keys =
        List.of(
            STARTUP,
            new SignalKey("web-18", Signal.STARTUP, "all"),
            new SignalKey(HOST, Signal.CPU_STARTUP, "all"),
            new SignalKey(HOST, Signal.STARTUP, "all/log"));
    for (var key : keys) {
      for (var subject : List.of(subject(key), Subject.ofCohort(key.owner(), key.subject()))) {
        ids.add(AlertIds.of(subject.text(), START));
        ids.add(AlertIds.of(subject.text(), START.plusSeconds(60)));
      }
    }

    assertThat(ids).hasSize(16);
    // printf 'host/web-17/startup/all\n2024-03-29T12:00:00Z\n' | sha256sum | cut -c1-32
    assertThat(AlertIds.of(subject(STARTUP).text(), START))
        .isEqualTo("e85edfc6b0cefe3901d275e0c939f25a");
  }
}
