package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.attribution.Suspects.Explanation;
import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.detector.Summary;
import io.halfsecond.streams.measurement.Signals;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes verdicts as alerts. Pure: the same verdict on the same alert gives the same bytes.
@SuppressWarnings(
    "NullAway") // Avro's generated setters take null for an absent value and are not annotated so
public final class Alerts {
  private Alerts() {}

  /// @param before the last record of the subject's alert, if one is open
  /// @param explain what can be why the signal moved, of an alert that says where and when it did
  public static Alert of(
      Verdict.Step verdict, Optional<Alert> before, Function<Alert, Explanation> explain) {
    var facts = verdict.step().facts();
    var subject = verdict.subject();
    var key = subject.key();
    double scale = verdict.scale();
    var alert = new Alert();
    alert.setAlertId(AlertIds.of(subject, facts.openedAt()));
    alert.setRevision(before.map(last -> last.getRevision() + 1).orElse(0));
    alert.setTier(tier(facts));
    alert.setScope(subject.ofCohort() ? AlertScope.COHORT : AlertScope.HOST);
    alert.setHost(subject.ofCohort() ? "" : key.owner());
    // A host may move to another cohort; its alert ends where it began.
    alert.setCohort(before.map(Alert::getCohort).orElse(subject.cohort()));
    alert.setSignal(key.signal());
    alert.setStratum(key.stratum());
    alert.setDirection(direction(facts));
    alert.setPhase(Signals.phase(key.signal()));
    alert.setUnit(Signals.unit(key.signal()));
    alert.setAt(micros(facts.at()));
    alert.setOpenedAt(micros(facts.openedAt()));
    alert.setOnset(micros(facts.onset()));
    alert.setOnsetNotBefore(facts.onsetNotBefore().map(Alerts::micros).orElse(null));
    alert.setOnsetNotAfter(micros(facts.onsetNotAfter()));
    alert.setBefore(quantiles(facts.before(), scale));
    alert.setAfter(quantiles(facts.after(), scale));
    alert.setShift(facts.shift() * scale);
    alert.setShiftLow(facts.shiftLow() * scale);
    alert.setShiftHigh(facts.shiftHigh() * scale);
    alert.setPreliminary(facts.preliminary());
    alert.setConnections(facts.connections());
    alert.setVotes(facts.votes());
    alert.setSources(facts.sources());
    alert.setWaitingBefore(known(facts.waitingBefore()));
    alert.setWaitingAfter(known(facts.waitingAfter()));
    alert.setEvidenceDays(facts.evidenceDays());
    alert.setLimitDays(facts.limitDays());
    alert.setTelemetryComplete(verdict.telemetryComplete());
    alert.setConfirmed(
        verdict.step() instanceof AlertStep.Confirmed
            || before.filter(Alert::getConfirmed).isPresent());
    var word = verdict.word().or(() -> before.flatMap(last -> standing(last, alert)));
    alert.setAcknowledgement(word.orElse(null));
    alert.setState(state(verdict.step(), word));
    var found = explain.apply(alert);
    var explanation = before.map(found::after).orElse(found);
    alert.setAttribution(explanation.attribution());
    alert.setChanges(explanation.changes());
    alert.setMembers(List.of());
    alert.setSummary(Sentence.of(alert));
    return alert;
  }

  /// A person's word stands until the alert becomes a more urgent one.
  private static Optional<Acknowledgement> standing(Alert before, Alert now) {
    return before.getAlertId().equals(now.getAlertId()) && before.getTier() == now.getTier()
        ? before.getAcknowledgement()
        : Optional.empty();
  }

  /// The next record of an open alert, now that more is known of why it opened.
  public static Alert explained(Alert open, Explanation explanation, Instant at) {
    var alert =
        next(
            open,
            dismissed(open.getAcknowledgement()) ? AlertState.ACKNOWLEDGED : AlertState.UPDATED,
            at.isAfter(open.getAt()) ? at : open.getAt());
    alert.setAttribution(explanation.attribution());
    alert.setChanges(explanation.changes());
    alert.setSummary(Sentence.of(alert));
    return alert;
  }

  /// The record of an alert that was accepted, now that it should not have been.
  public static Alert rolledBack(Alert accepted, Verdict.RolledBack verdict) {
    return decided(accepted, AlertState.ACKNOWLEDGED, verdict.word());
  }

  /// The record of an alert that opened against a baseline which is no longer in force.
  public static Alert withdrawn(Alert open, Verdict.RolledBack verdict) {
    return decided(open, AlertState.RESOLVED, verdict.word());
  }

  /// The next record of an alert that a person has decided about.
  public static Alert decided(Alert last, AlertState state, Acknowledgement word) {
    var alert = next(last, state, word.getAt());
    alert.setAcknowledgement(word);
    alert.setSummary(Sentence.of(alert));
    return alert;
  }

  private static Alert next(Alert last, AlertState state, Instant at) {
    return Alert.newBuilder(last)
        .setState(state)
        .setRevision(last.getRevision() + 1)
        .setAt(micros(at))
        .build();
  }

  private static AlertState state(AlertStep step, Optional<Acknowledgement> word) {
    return switch (step) {
      case AlertStep.Resolved _ -> AlertState.RESOLVED;
      case AlertStep.Transient _ -> AlertState.TRANSIENT;
      case AlertStep.Acknowledged _ -> AlertState.ACKNOWLEDGED;
      case AlertStep.Opened _ -> AlertState.OPENED;
      case AlertStep.Confirmed _ ->
          dismissed(word) ? AlertState.ACKNOWLEDGED : AlertState.CONFIRMED;
      case AlertStep.Updated _ -> dismissed(word) ? AlertState.ACKNOWLEDGED : AlertState.UPDATED;
    };
  }

  public static boolean dismissed(Optional<Acknowledgement> word) {
    return word.filter(w -> w.getDecision() == Decision.DISMISS).isPresent();
  }

  private static Tier tier(AlertFacts facts) {
    return switch (facts.tier()) {
      case STEP -> Tier.STEP;
      case CREEP -> Tier.CREEP;
      case DRIFT -> Tier.DRIFT;
    };
  }

  private static Direction direction(AlertFacts facts) {
    return switch (facts.direction()) {
      case UP -> Direction.UP;
      case DOWN -> Direction.DOWN;
    };
  }

  public static Quantiles quantiles(Summary summary, double scale) {
    return new Quantiles(
        summary.count(), summary.p50() * scale, summary.p95() * scale, summary.p99() * scale);
  }

  private static @Nullable Double known(double share) {
    return share == Sample.NOT_KNOWN ? null : share;
  }

  /// What the Avro type can hold, so that an alert reads the same before and after its journey.
  public static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }
}
