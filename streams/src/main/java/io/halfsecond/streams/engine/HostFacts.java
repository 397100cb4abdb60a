package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The alerts of one rule about the telemetry of hosts. Such a finding is a fact: it has no
/// threshold, and one observation opens and confirms its alert.
///
/// An accepted alert does not open again until the fact is over. A dismissed one stays open, in
/// silence, until then.
///
/// @param rule its name, also the first part of the subject
/// @param about what the statements are about, for a person
record HostFacts(OpenAlerts alerts, String rule, String about, Tier tier) {

  /// The fact was observed.
  ///
  /// @param statements that cannot all be true
  List<Output> observed(String host, Instant at, List<Statement> statements) {
    var subject = subject(host);
    if (alerts.open(subject).isPresent() || alerts.accepted(subject).isPresent()) {
      return List.of();
    }
    var finding =
        ContradictionFinding.newBuilder()
            .setRule(rule)
            .setAbout(about)
            .setStatements(statements)
            .build();
    var times = new Verdict.AlertTimes(at, at, Optional.empty(), at);
    return List.of(
        step(subject, AlertState.OPENED, at, times, finding, Optional.empty()),
        step(subject, AlertState.CONFIRMED, at, times, finding, Optional.empty()));
  }

  /// The fact is over.
  List<Output> over(String host, Instant at) {
    var subject = subject(host);
    alerts.forgetAccepted(subject);
    return alerts
        .open(subject)
        .map(open -> step(open, AlertState.RESOLVED, at, Optional.empty()))
        .stream()
        .toList();
  }

  boolean owns(String subject) {
    return subject.equals(rule);
  }

  /// As in [Finder#decide].
  List<Output> decide(AlertControl control) {
    var subject = subject(control.getHost());
    var acknowledgement = control.getAcknowledgement();
    return switch (acknowledgement.getDecision()) {
      case ACCEPT, DISMISS ->
          alerts
              .open(subject)
              .filter(open -> isAbout(control, open))
              .map(
                  open ->
                      step(
                          open,
                          AlertState.ACKNOWLEDGED,
                          acknowledgement.getAt(),
                          Optional.of(acknowledgement)))
              .stream()
              .toList();
      case ROLL_BACK ->
          alerts
              .accepted(subject)
              .filter(accepted -> isAbout(control, accepted))
              .map(_ -> Output.of(alerts, new Verdict.RolledBack(subject, acknowledgement)))
              .stream()
              .toList();
      // A decision of a newer version.
      case UNKNOWN -> List.of();
    };
  }

  private static boolean isAbout(AlertControl control, Alert alert) {
    return alert.getAlertId().equals(control.getAlertId());
  }

  private Output step(
      Alert open, AlertState state, Instant at, Optional<Acknowledgement> acknowledgement) {
    var times =
        new Verdict.AlertTimes(
            open.getOpenedAt(), open.getOnset(), Optional.empty(), open.getOnset());
    return step(
        subject(open.getHost()),
        state,
        at.isBefore(open.getAt()) ? open.getAt() : at,
        times,
        open.getFinding(),
        acknowledgement);
  }

  private Output step(
      Subject subject,
      AlertState state,
      Instant at,
      Verdict.AlertTimes times,
      Object finding,
      Optional<Acknowledgement> acknowledgement) {
    return Output.of(
        alerts,
        new Verdict.Step(subject, state, tier, at, times, finding, List.of(), acknowledgement));
  }

  /// In no cohort: the fact is about telemetry and not about sshd, so it is part of no incident.
  private Subject subject(String host) {
    return Subject.ofHost(host, "", rule);
  }
}
