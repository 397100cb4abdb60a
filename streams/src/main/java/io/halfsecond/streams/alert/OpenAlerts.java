package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Decision;
import io.halfsecond.streams.alert.Verdict.Subject;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.attribution.Suspects.Explanation;
import io.halfsecond.streams.measurement.Look;
import io.halfsecond.streams.store.MapStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Writes verdicts as alerts, with what can be why, and keeps the newest record of every open one,
/// and of the one that a subject accepted last, should that be undone.
///
/// Not safe for use by several threads.
public final class OpenAlerts {
  /// What stands after the subject's text where its accepted alert is kept.
  private static final String ACCEPTED = "#accepted";

  /// Alerts by text.
  public interface Store {
    Optional<Alert> get(String key);

    void put(String key, Alert alert);

    /// @return what stood there
    Optional<Alert> delete(String key);

    /// All whose key begins with the prefix, in the order of the keys.
    Map<String, Alert> beginningWith(String prefix);
  }

  /// What a verdict led to.
  ///
  /// @param before the newest record of the alert that was open
  /// @param open the newest record of the alert that is open now
  /// @param records to be published, in order
  public record Change(Optional<Alert> before, Optional<Alert> open, List<Alert> records) {
    public Change {
      records = List.copyOf(records);
    }
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
    var alerts = new TreeMap<String, Alert>();
    return new OpenAlerts(
        new Store() {
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
        },
        new HostHistories(new MapStore()));
  }

  /// Whether what stands at a key of the store is an open alert, and not one that was accepted.
  public static boolean isOpen(String key) {
    return !key.endsWith(ACCEPTED);
  }

  /// What a person decided about an alert; UNKNOWN if nobody did.
  public static Decision decision(Alert alert) {
    return alert.getAcknowledgement().map(Acknowledgement::getDecision).orElse(Decision.UNKNOWN);
  }

  /// Whether an alert has come to its end. One that was dismissed has not: its signal is not back.
  public static boolean isOver(Alert alert) {
    return switch (alert.getState()) {
      case RESOLVED, TRANSIENT -> true;
      case ACKNOWLEDGED -> decision(alert) != Decision.DISMISS;
      case OPENED, CONFIRMED, UPDATED, UNKNOWN -> false;
    };
  }

  public Change take(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Step step -> step(step);
      case Verdict.RolledBack rolledBack -> rollBack(rolledBack);
    };
  }

  /// It was looked what a host's sshd is made of.
  ///
  /// @return what it led to, for each open alert of the host of which more is known now
  public List<Change> take(String host, Look look) {
    var changes = new ArrayList<Change>();
    if (histories.take(host, look)) {
      store
          .beginningWith(Subject.prefix(host))
          .forEach(
              (key, alert) -> {
                if (isOpen(key)) {
                  explain(key, alert, look.at()).ifPresent(changes::add);
                }
              });
    }
    return changes;
  }

  private Optional<Change> explain(String key, Alert open, Instant at) {
    var explanation = explanation(open).after(open);
    if (explanation.attribution() == open.getAttribution()
        && explanation.changes().equals(open.getChanges())) {
      return Optional.empty();
    }
    var alert = Alerts.explained(open, explanation, at);
    store.put(key, alert);
    return Optional.of(new Change(Optional.of(open), Optional.of(alert), List.of(alert)));
  }

  /// Of a cohort nothing is known: no host has its name, or it is another.
  private Explanation explanation(Alert alert) {
    return alert.getHost().isEmpty()
        ? Explanation.NOT_KNOWN
        : Suspects.of(alert, histories.of(alert.getHost()), histories.lookedAt(alert.getHost()));
  }

  private Change step(Verdict.Step verdict) {
    var key = verdict.subject().text();
    var before = store.get(key);
    var alert = Alerts.of(verdict, before, this::explanation);
    boolean over = isOver(alert);
    if (over) {
      store.delete(key);
    } else {
      store.put(key, alert);
    }
    if (decision(alert) == Decision.ACCEPT) {
      store.put(key + ACCEPTED, alert);
    }
    return new Change(before, over ? Optional.empty() : Optional.of(alert), List.of(alert));
  }

  private Change rollBack(Verdict.RolledBack verdict) {
    var key = verdict.subject().text();
    var records = new ArrayList<Alert>(2);
    var open = store.delete(key);
    open.ifPresent(alert -> records.add(Alerts.withdrawn(alert, verdict)));
    store
        .delete(key + ACCEPTED)
        .ifPresent(accepted -> records.add(Alerts.rolledBack(accepted, verdict)));
    return new Change(open, Optional.empty(), records);
  }
}
