package io.halfsecond.streams.metric;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// The open alerts of an instance, as people see them. As on a [Board], each task has a section,
/// and an alert that has moved to another task stays when the first one closes.
///
/// Safe for use by several threads; a section is for one thread. Alerts are not changed after they
/// were put.
public final class ShownAlerts {
  private record Shown(Alert alert, Section owner) {}

  private final ConcurrentHashMap<String, Shown> shown = new ConcurrentHashMap<>();

  public Section section() {
    return new Section();
  }

  /// Incidents first, each kind with the newest onset first.
  public List<Alert> all() {
    return shown.values().stream()
        .map(Shown::alert)
        .sorted(
            Comparator.comparing((Alert alert) -> alert.getScope() != AlertScope.INCIDENT)
                .thenComparing(Alert::getOnset, Comparator.reverseOrder())
                .thenComparing(Alert::getAlertId))
        .toList();
  }

  /// The alerts of one task.
  public final class Section implements AutoCloseable {
    private Section() {}

    public void put(Alert alert) {
      shown.put(alert.getAlertId(), new Shown(alert, this));
    }

    public void remove(Alert alert) {
      shown.computeIfPresent(
          alert.getAlertId(), (_, known) -> known.owner.equals(this) ? null : known);
    }

    @Override
    public void close() {
      shown.values().removeIf(known -> known.owner.equals(this));
    }
  }
}
