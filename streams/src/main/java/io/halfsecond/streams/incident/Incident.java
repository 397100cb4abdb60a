package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Member;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.Trait;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An open incident: the alerts of hosts and of their cohort that are there for one reason.
///
/// What holds it together is either what the hosts have in common that changed, or that their cohort has moved as a whole, or
/// both: see [#fits].
final class Incident {
  /// A cohort's signals move within minutes of each other, as far as the detector can tell when.
  private static final Duration TOGETHER = Duration.ofHours(1);

  /// Its newest record; what it was made of, before it has one.
  Alert last;
  /// Whether more is known than it says.
  boolean untold;
  /// The newest records of its alerts, over or not, by id, in the order in which they joined.
  final Map<String, Alert> alerts = new LinkedHashMap<>();

  Incident(Alert last) {
    this.last = last;
  }

  String id() {
    return last.getAlertId();
  }

  List<Change> changes() {
    return last.getChanges();
  }

  Set<Trait> traits() {
    return traits(last);
  }

  /// What an alert says has changed and other hosts may share.
  static Set<Trait> traits(Alert alert) {
    var traits = new HashSet<Trait>();
    alert.getChanges().stream().filter(Change::getFits)
      .forEach(change -> Trait.of(change).ifPresent(traits::add));
    return traits;
  }

  /// Whether an alert that is none of its own is there for the same reason.
  boolean fits(Alert alert) {
    var own = traits();
    boolean shares = traits(alert).stream().anyMatch(own::contains);
    return shares || alerts.values().stream().anyMatch(other -> movedWith(other, alert));
  }

  /// Whether one of two alerts is that of the cohort and the other, as far as one can tell, part of it.
  private static boolean movedWith(Alert one, Alert other) {
    boolean cohorts = one.getScope() == AlertScope.COHORT || other.getScope() == AlertScope.COHORT;
    boolean both = one.getScope() == other.getScope();
    boolean alike = one.getSignal() == other.getSignal() && one.getDirection() == other.getDirection();
    return cohorts && (both || alike) && !OpenAlerts.isOver(one)
      && Duration.between(one.getOnset(), other.getOnset()).abs().compareTo(TOGETHER) <= 0;
  }

  /// Takes in an alert that fits, or the newer record of one of its own. From then on only what that shares with the others
  /// is what changed.
  void take(Alert alert) {
    boolean first = alerts.values().stream().allMatch(other -> traits(other).isEmpty());
    alerts.put(alert.getAlertId(), alert);
    var theirs = traits(alert);
    if (theirs.isEmpty()) {
      return;
    }
    var shared = first && changes().isEmpty()
      ? alert.getChanges().stream().filter(Change::getFits).toList()
      : changes().stream().filter(change -> Trait.of(change).filter(theirs::contains).isPresent()).toList();
    if (!shared.isEmpty()) {
      last = Alert.newBuilder(last).setChanges(shared).build();
    }
  }

  boolean ofCohort() {
    return alerts.values().stream().anyMatch(alert -> alert.getScope() == AlertScope.COHORT);
  }

  /// Whether a comparison of hosts shows it, too: some without an alert of their own show what the others do.
  boolean isCompared() {
    return isCompared(last);
  }

  private static boolean isCompared(Alert record) {
    return record.getMembers().stream().anyMatch(Incident::onlyCompared);
  }

  static boolean onlyCompared(Member member) {
    return member.getAlertIds().isEmpty() && !member.getRecovered();
  }

  /// Whether all that it stands for has come to its end.
  ///
  /// @param record its next
  boolean isOver(Alert record) {
    return !isCompared(record) && alerts.values().stream().allMatch(OpenAlerts::isOver);
  }
}
