package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Member;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.Trait;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// An open incident: the alerts of hosts and of their cohort that have one cause.
///
/// The alerts belong together because their hosts share a change, or because their cohort has moved
/// as a whole, or both: see [#fits].
final class OpenIncident {
  /// The signals of a cohort move within minutes of each other, up to the detector's uncertainty.
  private static final Duration TOGETHER = Duration.ofHours(1);

  /// Its newest record; before the first one, the draft from which it is made.
  Alert last;

  /// Whether an update was postponed.
  boolean due;

  /// The newest records of its alerts, open or ended, by id.
  final Map<String, Alert> alerts = new TreeMap<>();

  /// When a comparison last showed it; never, if none did.
  Instant comparedAt = Instant.MIN;

  OpenIncident(Alert last) {
    this.last = last;
  }

  String id() {
    return last.getAlertId();
  }

  Set<Trait> traits() {
    return Trait.suspected(last);
  }

  /// Whether an alert that is not part of it has the same cause.
  boolean fits(Alert alert) {
    return shares(alert)
        || alert.getMovedWith().filter(alerts::containsKey).isPresent()
        || alerts.values().stream().anyMatch(other -> movedWith(other, alert));
  }

  /// Whether the alert shares a suspected change and the direction.
  boolean shares(Alert alert) {
    return FindingView.of(alert).direction() == FindingView.of(last).direction()
        && !Collections.disjoint(Trait.suspected(alert), traits());
  }

  /// Whether one of two alerts is of the cohort, and the other is likely a part of the same shift.
  private static boolean movedWith(Alert one, Alert other) {
    boolean cohorts = one.getScope() == AlertScope.COHORT || other.getScope() == AlertScope.COHORT;
    boolean both = one.getScope() == other.getScope();
    return cohorts
        && (both || FindingView.alike(one, other))
        && !OpenAlerts.isOver(one)
        && together(one, other);
  }

  static boolean together(Alert one, Alert other) {
    return Duration.between(one.getOnset(), other.getOnset()).abs().compareTo(TOGETHER) <= 0;
  }

  /// Whether it has members that only a comparison shows, without an alert of their own.
  boolean isCompared() {
    return last.getMembers().stream().anyMatch(OpenIncident::onlyCompared);
  }

  static boolean onlyCompared(Member member) {
    return member.getAlertIds().isEmpty() && !member.getRecovered();
  }
}
