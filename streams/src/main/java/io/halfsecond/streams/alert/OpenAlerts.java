package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.streams.attribution.Changes;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.attribution.Suspects.Explanation;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.store.MapStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Makes the records of alerts from verdicts, with the suspected changes. Keeps the newest record
/// of every open alert. Also keeps the last accepted alert of a subject, for a roll-back, and after
/// it: the next alert may be about the same shift.
///
/// Not safe for use by several threads.
public final class OpenAlerts {
  /// Suffix of the key under which the accepted alert of a subject is kept.
  private static final String ACCEPTED = "#accepted";

  /// Suffix of the key under which it is kept once the acceptance was rolled back.
  private static final String ROLLED_BACK = "#rolled-back";

  /// Records of alerts by key.
  public interface Store {
    Optional<Alert> get(String key);

    void put(String key, Alert alert);

    /// @return the value before
    Optional<Alert> delete(String key);

    /// All entries whose key begins with the prefix, in the order of the keys.
    Map<String, Alert> beginningWith(String prefix);
  }

  private final Store store;
  private final HostHistories histories;

  /// @param store of this class alone
  /// @param histories of the hosts
  public OpenAlerts(Store store, HostHistories histories) {
    this.store = store;
    this.histories = histories;
  }

  /// With stores in memory.
  public static OpenAlerts inMemory() {
    return new OpenAlerts(storeIn(new TreeMap<>()), new HostHistories(new MapStore()));
  }

  /// A store that keeps alerts in a map.
  public static Store storeIn(NavigableMap<String, Alert> alerts) {
    return new Store() {
      @Override
      public Optional<Alert> get(String key) {
        return Optional.ofNullable(alerts.get(key));
      }

      @Override
      public void put(String key, Alert alert) {
        alerts.put(key, alert);
      }

      @Override
      public Optional<Alert> delete(String key) {
        return Optional.ofNullable(alerts.remove(key));
      }

      @Override
      public Map<String, Alert> beginningWith(String prefix) {
        return new TreeMap<>(alerts.subMap(prefix, prefix + Character.MAX_VALUE));
      }
    };
  }

  /// Whether a key of the store is that of an open alert, and not of one that was accepted.
  public static boolean isOpen(String key) {
    return !key.endsWith(ACCEPTED) && !key.endsWith(ROLLED_BACK);
  }

  /// The last decision about an alert; UNKNOWN if there is none.
  public static Decision decision(Alert alert) {
    return alert.getAcknowledgement().map(Acknowledgement::getDecision).orElse(Decision.UNKNOWN);
  }

  /// Whether an alert has ended. A dismissed alert has not: its signal has not returned.
  public static boolean isOver(Alert alert) {
    return switch (alert.getState()) {
      case RESOLVED, TRANSIENT -> true;
      case ACKNOWLEDGED -> decision(alert) != Decision.DISMISS;
      case OPENED, CONFIRMED, UPDATED, UNKNOWN -> false;
    };
  }

  public AlertChange take(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Step step -> step(step);
      case Verdict.RolledBack rolledBack -> rollBack(rolledBack);
    };
  }

  /// Takes an inspection of a host.
  ///
  /// @return the changes of the open alerts of the host that have a new explanation
  public List<AlertChange> take(String host, Inspection inspection) {
    return histories.take(host, inspection) ? explain(host, inspection.at()) : List.of();
  }

  /// The clock of a host was set.
  ///
  /// @param by how far back; negative for forward
  /// @return as above
  public List<AlertChange> clockWasSet(String host, Instant at, Duration by) {
    return histories.add(host, Changes.ofClock(at, by)) ? explain(host, at) : List.of();
  }

  private List<AlertChange> explain(String host, Instant at) {
    var changes = new ArrayList<AlertChange>();
    store
        .beginningWith(Subject.prefix(host))
        .forEach(
            (key, alert) -> {
              if (isOpen(key)) {
                explain(key, alert, at).ifPresent(changes::add);
              }
            });
    return changes;
  }

  /// Ends the open alerts of a host that has retired, and forgets the host.
  public List<AlertChange> retire(String host, Instant at) {
    var changes = new ArrayList<AlertChange>();
    store
        .beginningWith(Subject.prefix(host))
        .forEach(
            (key, alert) -> {
              store.delete(key);
              if (isOpen(key)) {
                changes.add(AlertChange.of(Optional.of(alert), Alerts.retired(alert, at)));
              }
            });
    histories.forget(host);
    return changes;
  }

  /// Open alerts, in the order of their subjects.
  public List<Alert> open() {
    return store.beginningWith("").entrySet().stream()
        .filter(entry -> isOpen(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /// The newest record of the open alert of a subject.
  public Optional<Alert> open(Subject subject) {
    return store.get(subject.text());
  }

  /// The remembered changes of a host, in the order in which they were found.
  public List<Change> changes(String host) {
    return histories.of(host).map(HostHistory::getChanges).orElse(List.of());
  }

  /// The latest fingerprint of a host; empty if it was never inspected.
  public Optional<HostFingerprint> fingerprint(String host) {
    return histories.of(host).map(HostHistory::getLatest);
  }

  /// The open alerts of a host, in the order of their subjects.
  public List<Alert> open(String host) {
    return with(host, OpenAlerts::isOpen);
  }

  /// The last alerts of the subjects of a host that a person accepted and nobody has rolled back.
  public List<Alert> accepted(String host) {
    return with(host, key -> key.endsWith(ACCEPTED));
  }

  private List<Alert> with(String host, Predicate<String> keys) {
    return store.beginningWith(Subject.prefix(host)).entrySet().stream()
        .filter(entry -> keys.test(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /// The decision about another alert that also holds for an alert of a host that is about to open.
  public Optional<Acknowledgement> decisionOn(Verdict.Step opening) {
    var alert = record(opening, Optional.empty());
    // What a person has rolled back is not accepted again with others.
    return store
        .get(opening.subject().text() + ROLLED_BACK)
        .map(_ -> Optional.<Acknowledgement>empty())
        .orElseGet(() -> acceptanceOf(alert))
        .or(
            () ->
                MovedTogether.dismissal(alert, open(alert.getHost()))
                    .flatMap(Alert::getAcknowledgement));
  }

  /// The acceptance that also holds for an open alert.
  public Optional<Acknowledgement> acceptanceOf(Alert alert) {
    return MovedTogether.acceptance(alert, accepted(alert.getHost()))
        .flatMap(Alert::getAcknowledgement);
  }

  /// The last alert of a subject, if a person accepted it and nobody has rolled that back.
  public Optional<Alert> accepted(Subject subject) {
    return store.get(subject.text() + ACCEPTED);
  }

  /// Forgets that an alert of a subject was accepted: another one may open.
  public void forgetAccepted(Subject subject) {
    forget(subject.text() + ACCEPTED);
  }

  private void forget(String key) {
    // Deleting what is not there would be a record of the changelog.
    if (store.get(key).isPresent()) {
      store.delete(key);
    }
  }

  private Optional<AlertChange> explain(String key, Alert open, Instant at) {
    var explanation = explanation(key, open).after(open, open.getOnset());
    if (explanation.attribution() == open.getAttribution()
        && explanation.changes().equals(open.getChanges())) {
      return Optional.empty();
    }
    var alert = Alerts.explained(open, explanation, at);
    place(alert);
    store.put(key, alert);
    return Optional.of(AlertChange.of(Optional.of(open), alert));
  }

  /// There is an inventory of each host, and none of a cohort. A contradiction is a fact about the
  /// evidence, which no change of sshd explains.
  private Explanation explanation(String key, Alert alert) {
    if (alert.getHost().isEmpty() || alert.getFinding() instanceof ContradictionFinding) {
      return Explanation.NOT_KNOWN;
    }
    var found =
        Suspects.of(
            alert,
            histories.of(alert.getHost()),
            histories.inspectedAt(alert.getHost()),
            store.get(key + ACCEPTED));
    return store
        .get(key + ROLLED_BACK)
        .filter(last -> last.getOnset().equals(alert.getOnset()))
        .map(found::with)
        .orElse(found);
  }

  private Alert record(Verdict.Step verdict, Optional<Alert> before) {
    var key = verdict.subject().text();
    var alert = Alerts.of(verdict, before, open -> explanation(key, open));
    before.flatMap(Alert::getMovedWith).ifPresent(alert::setMovedWith);
    alert.setCovered(before.filter(Alert::getCovered).isPresent());
    if (decision(alert) == Decision.ACCEPT) {
      MovedTogether.acceptance(alert, accepted(alert.getHost()))
          .filter(other -> other.getAcknowledgement().equals(alert.getAcknowledgement()))
          .ifPresent(
              other -> {
                // The first of them: a roll-back of that takes back all.
                alert.setMovedWith(other.getMovedWith().orElse(other.getAlertId()));
                alert.setCovered(true);
              });
    } else if (!isOver(alert)) {
      place(alert);
    }
    return alert;
  }

  /// Says whether another alert covers this one, as far as is known now.
  @SuppressWarnings("NullAway") // Avro's setter takes null for an absent value
  private void place(Alert alert) {
    var first =
        alert.getScope() == AlertScope.HOST
            ? MovedTogether.first(alert, open(alert.getHost()))
            : Optional.<Alert>empty();
    alert.setMovedWith(first.map(Alert::getAlertId).orElse(null));
    alert.setCovered(first.isPresent() || MovedTogether.isOfAnIncident(alert));
  }

  /// The open alerts that moved with an alert that no longer stands for them: it has ended alone,
  /// or another stands for it now.
  ///
  /// @param change of an alert of a host
  /// @return their changes: who covers them now
  public List<AlertChange> released(AlertChange change) {
    var changes = new ArrayList<AlertChange>();
    change
        .before()
        .filter(before -> before.getMovedWith().isEmpty() && !standsStill(before, change))
        .ifPresent(
            before -> {
              var at = change.records().getFirst().getAt();
              open(before.getHost()).stream()
                  .filter(
                      alert -> alert.getMovedWith().filter(before.getAlertId()::equals).isPresent())
                  .sorted(MovedTogether.IN_ORDER)
                  .forEach(alert -> changes.add(replace(alert, at)));
            });
    return changes;
  }

  private static boolean standsStill(Alert before, AlertChange change) {
    return change
        .open()
        .filter(now -> now.getAlertId().equals(before.getAlertId()))
        .filter(now -> now.getMovedWith().isEmpty())
        .isPresent();
  }

  private AlertChange replace(Alert open, Instant at) {
    var alert = Alerts.updated(open, at);
    place(alert);
    store.put(Subject.ofHost(alert.getHost(), alert.getCohort(), alert.getSubject()).text(), alert);
    return AlertChange.of(Optional.of(open), alert);
  }

  private AlertChange step(Verdict.Step verdict) {
    var key = verdict.subject().text();
    var before = store.get(key);
    var alert = record(verdict, before);
    if (isOver(alert)) {
      store.delete(key);
      forget(key + ROLLED_BACK);
    } else {
      store.put(key, alert);
    }
    if (decision(alert) == Decision.ACCEPT) {
      store.put(key + ACCEPTED, alert);
    }
    return AlertChange.of(before, alert);
  }

  /// An open alert was opened against the accepted baseline, so it is resolved. What led to it has
  /// moved the signal further away from the restored baseline, or back.
  private AlertChange rollBack(Verdict.RolledBack verdict) {
    var key = verdict.subject().text();
    var records = new ArrayList<Alert>(2);
    var open = store.delete(key);
    open.map(alert -> Alerts.decided(alert, AlertState.RESOLVED, verdict.acknowledgement()))
        .ifPresent(records::add);
    store
        .delete(key + ACCEPTED)
        .ifPresent(
            accepted -> {
              var suspected =
                  open.filter(alert -> FindingView.alike(alert, accepted))
                      .map(alert -> Explanation.of(accepted).with(alert))
                      .orElse(Explanation.of(accepted));
              var kept = Alert.newBuilder(accepted).setChanges(suspected.changes()).build();
              store.put(key + ROLLED_BACK, kept);
              records.add(
                  Alerts.decided(accepted, AlertState.ACKNOWLEDGED, verdict.acknowledgement()));
            });
    return new AlertChange(open, Optional.empty(), records);
  }
}
