package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.streams.attribution.Suspects.Explanation;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;

/// Writes the records of alerts. Pure: the same verdict on the same alert gives the same bytes.
public final class Alerts {
  private Alerts() {}

  /// @param before the last record of the subject's alert, if one is open
  /// @param explain finds the suspects for an alert that has its finding and times
  public static Alert of(
      Verdict.Step verdict, Optional<Alert> before, Function<Alert, Explanation> explain) {
    var subject = verdict.subject();
    var times = verdict.times();
    var builder =
        Alert.newBuilder()
            .setAlertId(AlertIds.of(subject.text(), times.openedAt()))
            .setState(AlertState.UNKNOWN)
            .setRevision(before.map(last -> last.getRevision() + 1).orElse(0))
            .setTier(verdict.tier())
            .setScope(subject.scope())
            .setHost(subject.host())
            // A host may move to another cohort; its alert stays in the cohort in which it opened.
            .setCohort(before.map(Alert::getCohort).orElse(subject.cohort()))
            .setSubject(subject.name())
            .setAt(micros(verdict.at()))
            .setOpenedAt(micros(times.openedAt()))
            .setOnset(micros(times.onset()))
            .setOnsetNotAfter(micros(times.onsetNotAfter()))
            .setFinding(verdict.finding())
            .setTelemetryComplete(verdict.losses().isEmpty())
            .setLosses(verdict.losses())
            .setConfirmed(
                verdict.state() == AlertState.CONFIRMED
                    || before.filter(Alert::getConfirmed).isPresent())
            .setSummary("");
    times.onsetNotBefore().map(Alerts::micros).ifPresent(builder::setOnsetNotBefore);
    var alert = builder.build();
    var acknowledgement =
        verdict.acknowledgement().or(() -> before.flatMap(last -> standing(last, alert)));
    acknowledgement.ifPresent(alert::setAcknowledgement);
    alert.setState(state(verdict.state(), acknowledgement));
    var found = explain.apply(alert);
    explain(alert, before.map(last -> found.after(last, alert.getOnset())).orElse(found));
    return alert;
  }

  private static void explain(Alert alert, Explanation explanation) {
    alert.setAttribution(explanation.attribution());
    alert.setChanges(explanation.changes());
    AlertTexts.write(alert);
  }

  /// An acknowledgement is kept until the tier of the alert changes.
  private static Optional<Acknowledgement> standing(Alert before, Alert now) {
    return before.getAlertId().equals(now.getAlertId()) && before.getTier() == now.getTier()
        ? before.getAcknowledgement()
        : Optional.empty();
  }

  /// The next record of an open alert, with a new explanation.
  public static Alert explained(Alert open, Explanation explanation, Instant at) {
    var alert = updated(open, at);
    explain(alert, explanation);
    return alert;
  }

  /// The next record of an open alert, with the same finding.
  static Alert updated(Alert open, Instant at) {
    return next(
        open,
        state(AlertState.UPDATED, open.getAcknowledgement()),
        at.isAfter(open.getAt()) ? at : open.getAt());
  }

  /// The record that decides about an alert.
  public static AlertControl control(Alert alert, Acknowledgement acknowledgement) {
    return AlertControl.newBuilder()
        .setAlertId(alert.getAlertId())
        .setScope(alert.getScope())
        .setHost(alert.getHost())
        .setCohort(alert.getCohort())
        .setSubject(alert.getSubject())
        .setAcknowledgement(acknowledgement)
        .build();
  }

  /// The next record of an alert after a decision.
  public static Alert decided(Alert last, AlertState state, Acknowledgement acknowledgement) {
    var alert = next(last, state, acknowledgement.getAt());
    alert.setAcknowledgement(acknowledgement);
    AlertTexts.write(alert);
    return alert;
  }

  /// The last record of the open alert of a host that has retired.
  static Alert retired(Alert open, Instant at) {
    var alert = next(open, AlertState.RESOLVED, at.isAfter(open.getAt()) ? at : open.getAt());
    alert.setRetired(true);
    AlertTexts.write(alert);
    return alert;
  }

  private static Alert next(Alert last, AlertState state, Instant at) {
    return Alert.newBuilder(last)
        .setState(state)
        .setRevision(last.getRevision() + 1)
        .setAt(micros(at))
        .build();
  }

  /// Further records of a dismissed alert are in state ACKNOWLEDGED.
  private static AlertState state(AlertState state, Optional<Acknowledgement> acknowledgement) {
    boolean silenced = state == AlertState.CONFIRMED || state == AlertState.UPDATED;
    return silenced && dismissed(acknowledgement) ? AlertState.ACKNOWLEDGED : state;
  }

  public static boolean dismissed(Optional<Acknowledgement> acknowledgement) {
    return acknowledgement.filter(a -> a.getDecision() == Decision.DISMISS).isPresent();
  }

  /// The precision of the Avro type, so that an alert is equal before and after serialisation.
  public static Instant micros(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }
}
