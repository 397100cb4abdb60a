package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Printable;
import io.halfsecond.streams.alert.OpenAlerts;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The newest record of every alert. It is complete: earlier records add nothing.
public final class NewestAlerts {
  private static final Comparator<Alert> IN_ORDER =
      Comparator.comparing(Alert::getOpenedAt).thenComparing(Alert::getAlertId);

  private final Map<String, Alert> byId;

  private NewestAlerts(Map<String, Alert> byId) {
    this.byId = byId;
  }

  /// @param steps records of any alerts; those of one alert in order
  public static NewestAlerts of(List<Alert> steps) {
    var byId = new HashMap<String, Alert>();
    steps.forEach(step -> byId.put(step.getAlertId(), step));
    return new NewestAlerts(byId);
  }

  /// Alerts that are not over, in the order in which they opened.
  public List<Alert> open() {
    return byId.values().stream()
        .filter(alert -> !OpenAlerts.isOver(alert))
        .sorted(IN_ORDER)
        .toList();
  }

  /// Open alerts that no other open alert covers: what a person has to decide about.
  public List<Alert> openForAPerson() {
    var open = open();
    var members = new HashSet<String>();
    open.forEach(alert -> memberIds(alert).forEach(members::add));
    var first = new HashSet<>(members);
    open.forEach(alert -> first.add(alert.getAlertId()));
    var decided = open.stream().filter(alert -> alert.getAcknowledgement().isPresent()).toList();
    return open.stream()
        .filter(alert -> !members.contains(alert.getAlertId()))
        .filter(alert -> alert.getMovedWith().filter(first::contains).isEmpty())
        .filter(alert -> decided.stream().noneMatch(incident -> followed(alert, incident)))
        .toList();
  }

  private static Stream<String> memberIds(Alert alert) {
    return alert.getMembers().stream().map(Member::getAlertIds).flatMap(List::stream);
  }

  /// The alerts that an alert covers, over or not: those of the hosts of an incident in the order
  /// of its members, and those that moved with one of these, or with an alert of a host. Also the
  /// alerts of its cohort that followed a decision about it.
  public List<Alert> below(Alert alert) {
    var members = memberIds(alert).flatMap(id -> Stream.ofNullable(byId.get(id))).toList();
    var first = new HashSet<String>();
    first.add(alert.getAlertId());
    members.forEach(member -> first.add(member.getAlertId()));
    var moved =
        byId.values().stream()
            .filter(
                other ->
                    other.getMovedWith().filter(first::contains).isPresent()
                        || followed(other, alert))
            .filter(other -> !first.contains(other.getAlertId()))
            .sorted(IN_ORDER);
    return Stream.concat(members.stream(), moved).toList();
  }

  private static boolean followed(Alert cohorts, Alert incident) {
    return incident.getScope() == AlertScope.INCIDENT
        && cohorts.getScope() == AlertScope.COHORT
        && cohorts.getCohort().equals(incident.getCohort())
        && incident.getAcknowledgement().isPresent()
        && cohorts.getAcknowledgement().equals(incident.getAcknowledgement());
  }

  /// Alerts whose id starts with these digits, in the order in which they opened.
  public List<Alert> beginningWith(String digits) {
    return byId.values().stream()
        .filter(alert -> alert.getAlertId().startsWith(digits))
        .sorted(IN_ORDER)
        .toList();
  }

  /// Why a decision on one of these alerts would have no effect; empty if it would have one.
  public Optional<String> objection(Alert alert, Decision decision) {
    return switch (decision) {
      case ACCEPT, DISMISS -> Optional.of(alert).filter(OpenAlerts::isOver).map(NewestAlerts::end);
      case ROLL_BACK ->
          decisionOn(alert) == Decision.ACCEPT
              ? acceptedAfter(alert)
                  .map(
                      other ->
                          "alert %s of the same signal was accepted after it: only the last "
                                  .formatted(AlertText.shortId(other))
                              + "acceptance can be rolled back")
              : Optional.of(
                  decisionOn(alert) == Decision.ROLL_BACK
                      ? end(alert)
                      : "it was never accepted: there is nothing to roll back");
      case UNKNOWN -> Optional.of("nothing is decided");
    };
  }

  /// How the alert ended.
  private static String end(Alert alert) {
    return switch (decisionOn(alert)) {
      case ACCEPT -> "it is over: accepted" + by(alert);
      case ROLL_BACK ->
          "it is over: its acceptance was rolled back"
              + by(alert)
              + "; if the shift is still there, another alert opens";
      case DISMISS, UNKNOWN ->
          "it is over: %s at %s".formatted(alert.getState(), AlertText.time(alert.getAt()));
    };
  }

  private static String by(Alert alert) {
    return alert
        .getAcknowledgement()
        .map(
            word ->
                " by %s at %s".formatted(Printable.of(word.getWho()), AlertText.time(word.getAt())))
        .orElse("");
  }

  /// The last decision, if the newest record is about it.
  private static Decision decisionOn(Alert alert) {
    return alert
        .getAcknowledgement()
        .filter(_ -> alert.getState() == AlertState.ACKNOWLEDGED)
        .map(Acknowledgement::getDecision)
        .orElse(Decision.UNKNOWN);
  }

  /// An incident has no baseline, its hosts have. The baseline from before is kept for the last
  /// acceptance of a signal only, and a roll-back uses it up.
  private Optional<Alert> acceptedAfter(Alert alert) {
    if (alert.getScope() == AlertScope.INCIDENT) {
      return Optional.empty();
    }
    return byId.values().stream()
        .filter(other -> other.getScope() != AlertScope.INCIDENT)
        .filter(
            other ->
                subject(other).equals(subject(alert))
                    && other.getOpenedAt().isAfter(alert.getOpenedAt()))
        .filter(
            other ->
                decisionOn(other) == Decision.ACCEPT || decisionOn(other) == Decision.ROLL_BACK)
        .max(Comparator.comparing(Alert::getOpenedAt));
  }

  private static List<Object> subject(Alert alert) {
    return List.of(
        alert.getScope(),
        alert.getHost().isEmpty() ? alert.getCohort() : alert.getHost(),
        alert.getSubject());
  }
}
