package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.attribution.Trait;
import java.time.Duration;
import java.util.Collections;

/// What a decision about an incident covers: its alerts, and what follows of a cohort that moved as
/// a whole. Other hosts that get the change later are not covered: the person has not seen them.
/// Pure.
final class DecidedIncident {
  /// The alerts of the hosts of an incident are decided after it, one by one. Until then they, and
  /// further alerts of these hosts, begin no other incident.
  private static final Duration DECIDING = Duration.ofMinutes(1);

  private DecidedIncident() {}

  /// Whether an incident may have an alert. Nobody reads a dismissed incident. So it has alerts
  /// that were dismissed, or will be in a moment, and those that end its dismissal.
  static boolean takes(Alert incident, Alert alert) {
    return !Alerts.dismissed(incident.getAcknowledgement())
        || Alerts.dismissed(alert.getAcknowledgement())
        || Composer.isMoreUrgent(alert, incident)
        || covers(incident, alert);
  }

  /// Whether a decision about an incident covers an open alert.
  static boolean covers(Alert decided, Alert alert) {
    var at = decided.getAcknowledgement().map(Acknowledgement::getAt).orElse(decided.getAt());
    boolean deciding = !alert.getAt().isAfter(at.plus(DECIDING));
    return (deciding && (hasAlert(decided, alert) || hasHost(decided, alert)))
        || isOfCohort(decided, alert);
  }

  private static boolean hasAlert(Alert decided, Alert alert) {
    return decided.getMembers().stream()
        .anyMatch(member -> member.getAlertIds().contains(alert.getAlertId()));
  }

  private static boolean hasHost(Alert decided, Alert alert) {
    return !alert.getHost().isEmpty()
        && decided.getMembers().stream()
            .anyMatch(member -> member.getHost().equals(alert.getHost()))
        && !Collections.disjoint(Trait.suspected(decided), Trait.suspected(alert));
  }

  /// Whether it is of the cohort, or of a host of it on which nothing changed, and the cohort moved
  /// as a whole in the incident at the same time.
  private static boolean isOfCohort(Alert decided, Alert alert) {
    return (alert.getScope() == AlertScope.COHORT || Trait.suspected(alert).isEmpty())
        && decided.getMembers().stream().anyMatch(member -> member.getHost().isEmpty())
        && !Composer.isMoreUrgent(alert, decided)
        && OpenIncident.together(decided, alert);
  }
}
