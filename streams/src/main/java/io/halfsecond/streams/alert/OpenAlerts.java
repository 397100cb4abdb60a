package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes verdicts as alerts, and keeps the newest record of every open one, and of the one that a subject accepted last,
/// should that be undone.
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

  /// @param store of this class alone
  public OpenAlerts(Store store) {
    this.store = store;
  }

  /// With a store in memory.
  public static OpenAlerts inMemory() {
    Map<String, Alert> alerts = new HashMap<>();
    return new OpenAlerts(new Store() {
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
    });
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

  private Change step(Verdict.Step verdict) {
    var key = verdict.subject().text();
    var before = store.get(key);
    var alert = Alerts.of(verdict, before);
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
    store.delete(key + ACCEPTED)
      .ifPresent(accepted -> records.add(Alerts.rolledBack(accepted, verdict)));
    return new Change(open, Optional.empty(), records);
  }
}
