package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Subject;
import io.halfsecond.streams.alert.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The alerts of hosts on one subject that are about a fact: it has no threshold, and one
/// observation opens and confirms its alert.
///
/// An accepted alert does not open again until the fact is over. A dismissed one stays open, in
/// silence, until then.
///
/// @param name the subject's, within a host
/// @param rule its name
/// @param about what the statements are about, for a person
/// @param cohorts the cohort of a host; empty for a fact that is part of no incident
record HostFacts(
    OpenAlerts alerts,
    String name,
    String rule,
    String about,
    Tier tier,
    UnaryOperator<String> cohorts) {

  /// In no cohort: the fact is about telemetry and not about sshd, so it is part of no incident.
  HostFacts(OpenAlerts alerts, String rule, String about, Tier tier) {
    this(alerts, rule, rule, about, tier, _ -> "");
  }

  /// The fact was observed. What an open alert says stays as it was.
  ///
  /// @param statements that cannot all be true
  List<Output> observed(String host, Instant observedAt, List<Statement> statements) {
    return observed(host, observedAt, "", statements);
  }

  /// @param detail is said of the host beside what the statements are about
  List<Output> observed(
      String host, Instant observedAt, String detail, List<Statement> statements) {
    return alerts.open(subject(host)).isPresent()
        ? List.of()
        : told(host, observedAt, detail, statements);
  }

  /// Whether an alert is open, or was accepted and the fact is not over.
  boolean isKnown(String host) {
    return alerts.open(subject(host)).isPresent() || alerts.accepted(subject(host)).isPresent();
  }

  /// When an open alert was told last.
  Optional<Instant> toldAt(String host) {
    return alerts.open(subject(host)).map(Alert::getAt);
  }

  /// An event: each is told, the newest last, and whoever accepts the alert accepts those that were
  /// told.
  List<Output> happened(String host, Instant at, List<Statement> statements) {
    var told = new ArrayList<Statement>();
    alerts
        .open(subject(host))
        .map(Alert::getFinding)
        .filter(ContradictionFinding.class::isInstance)
        .map(ContradictionFinding.class::cast)
        .ifPresent(before -> told.addAll(before.getStatements()));
    told.addAll(statements);
    alerts.forgetAccepted(subject(host));
    return told(
        host,
        at,
        List.copyOf(told.subList(Math.max(0, told.size() - Bounds.STATEMENTS), told.size())));
  }

  /// The fact was observed, and this is all that is known of it now.
  List<Output> told(String host, Instant observedAt, List<Statement> statements) {
    return told(host, observedAt, "", statements);
  }

  private List<Output> told(
      String host, Instant observedAt, String detail, List<Statement> statements) {
    var subject = subject(host);
    // The alert's id follows from it, and is made again from the stored record.
    var at = Alerts.micros(observedAt);
    if (alerts.accepted(subject).isPresent()) {
      return List.of();
    }
    var finding =
        ContradictionFinding.newBuilder()
            .setRule(rule)
            .setAbout(about)
            .setStatements(statements)
            .setDetail(detail)
            .build();
    var open = alerts.open(subject);
    if (open.isPresent()) {
      return open.get().getFinding().equals(finding)
          ? List.of()
          : List.of(step(open.get(), AlertState.UPDATED, at, finding, Optional.empty()));
    }
    var times = new Verdict.AlertTimes(at, at, Optional.empty(), at);
    return List.of(
        step(subject, AlertState.OPENED, at, times, finding),
        step(subject, AlertState.CONFIRMED, at, times, finding));
  }

  /// The fact is over.
  List<Output> over(String host, Instant at) {
    return over(host, at, Optional.empty());
  }

  /// The fact is over.
  ///
  /// @param how it ended, for a person
  List<Output> over(String host, Instant at, String how) {
    return over(host, at, Optional.of(how));
  }

  private List<Output> over(String host, Instant at, Optional<String> how) {
    var subject = subject(host);
    alerts.forgetAccepted(subject);
    return alerts
        .open(subject)
        .map(open -> step(open, AlertState.RESOLVED, at, ended(open, how), Optional.empty()))
        .stream()
        .toList();
  }

  private static Object ended(Alert open, Optional<String> how) {
    return how.isPresent() && open.getFinding() instanceof ContradictionFinding finding
        ? ContradictionFinding.newBuilder(finding).setDetail(how.get()).build()
        : open.getFinding();
  }

  boolean owns(String subject) {
    return subject.equals(name);
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
                          open.getFinding(),
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
      Alert open,
      AlertState state,
      Instant at,
      Object finding,
      Optional<Acknowledgement> acknowledgement) {
    var times =
        new Verdict.AlertTimes(
            open.getOpenedAt(), open.getOnset(), Optional.empty(), open.getOnset());
    return Output.of(
        alerts,
        new Verdict.Step(
            subject(open.getHost()),
            state,
            open.getTier(),
            at.isBefore(open.getAt()) ? open.getAt() : at,
            times,
            finding,
            List.of(),
            acknowledgement));
  }

  private Output step(
      Subject subject, AlertState state, Instant at, Verdict.AlertTimes times, Object finding) {
    return Output.of(
        alerts,
        new Verdict.Step(subject, state, tier, at, times, finding, List.of(), Optional.empty()));
  }

  private Subject subject(String host) {
    return Subject.ofHost(host, cohorts.apply(host), name);
  }
}
