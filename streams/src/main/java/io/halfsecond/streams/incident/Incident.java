package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Member;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// An open incident: the alerts of hosts and of their cohort that are there for one reason.
///
/// What holds it together is either what the hosts have in common that changed, or that their
/// cohort has moved as a whole, or both: see [#fits].
final class Incident {
  /// A cohort's signals move within minutes of each other, as far as the detector can tell when.
  private static final Duration TOGETHER = Duration.ofHours(1);

  /// Its newest record; what it was made of, before it has one.
  Alert last;

  /// Whether more is known than it says.
  boolean untold;

  /// The newest records of its alerts, over or not, by id.
  final Map<String, Alert> alerts = new TreeMap<>();

  /// When a comparison last showed it; never, if none did.
  Instant comparedAt = Instant.MIN;

  Incident(Alert last) {
    this.last = last;
  }

  String id() {
    return last.getAlertId();
  }

  Set<Trait> traits() {
    return traits(last);
  }

  SignalKey key() {
    return new SignalKey(last.getCohort(), last.getSignal(), last.getStratum());
  }

  /// What an alert says has changed and other hosts may share.
  static Set<Trait> traits(Alert alert) {
    var traits = new HashSet<Trait>();
    alert.getChanges().stream()
        .filter(Change::getFits)
        .forEach(change -> Trait.of(change).ifPresent(traits::add));
    return traits;
  }

  /// Whether an alert that is none of its own is there for the same reason.
  boolean fits(Alert alert) {
    return shares(alert) || alerts.values().stream().anyMatch(other -> movedWith(other, alert));
  }

  /// Whether the same changed and the signal went the same way.
  boolean shares(Alert alert) {
    return alert.getDirection() == last.getDirection()
        && !Collections.disjoint(traits(alert), traits());
  }

  /// Whether one of two alerts is that of the cohort and the other, as far as one can tell, part of
  /// it.
  private static boolean movedWith(Alert one, Alert other) {
    boolean cohorts = one.getScope() == AlertScope.COHORT || other.getScope() == AlertScope.COHORT;
    boolean both = one.getScope() == other.getScope();
    boolean alike =
        one.getSignal() == other.getSignal() && one.getDirection() == other.getDirection();
    return cohorts && (both || alike) && !OpenAlerts.isOver(one) && together(one, other);
  }

  static boolean together(Alert one, Alert other) {
    return Duration.between(one.getOnset(), other.getOnset()).abs().compareTo(TOGETHER) <= 0;
  }

  /// Whether a comparison of hosts shows it, too: some without an alert of their own show what the
  /// others do.
  boolean isCompared() {
    return last.getMembers().stream().anyMatch(Incident::onlyCompared);
  }

  static boolean onlyCompared(Member member) {
    return member.getAlertIds().isEmpty() && !member.getRecovered();
  }
}
