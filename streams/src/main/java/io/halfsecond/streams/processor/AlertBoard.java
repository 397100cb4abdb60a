package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Printable;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.AlertLabels;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Title;
import io.halfsecond.streams.metric.AlertSlots;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.Metric;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Shows the open alerts of one task as gauges, as long as there is a slot. Dismissed alerts are
/// not shown. Of a cohort's there is one series: alerts of its hosts that follow are dismissed with
/// it, and the rules have to know.
public final class AlertBoard implements AutoCloseable {
  private static final List<Metric> FIGURES =
      List.of(
          Meters.ALERT_CONFIRMED,
          Meters.ALERT_ONSET,
          Meters.ALERT_RATIO,
          Meters.ALERT_SHIFT,
          Meters.ALERT_BEFORE,
          Meters.ALERT_AFTER,
          Meters.ALERT_BEFORE_FAULTS,
          Meters.ALERT_AFTER_FAULTS,
          Meters.ALERT_MEMBERS);

  /// What is shown of an alert.
  ///
  /// @param info tags of the info series
  /// @param title that is shown
  /// @param newest title of the newest record
  private record Row(Tags info, boolean confirmed, String title, String newest) {
    boolean isLike(Row other) {
      return info.equals(other.info) && confirmed == other.confirmed;
    }
  }

  private final Board.Section board;
  private final AlertSlots slots;
  private final Map<String, Row> rows = new HashMap<>();
  private final Map<String, Alert> waiting = new LinkedHashMap<>();
  private final Map<String, Tags> dismissed = new HashMap<>();

  public AlertBoard(Board.Section board, AlertSlots slots) {
    this.board = board;
    this.slots = slots;
  }

  /// Whether an open alert is shown.
  static boolean isShown(Alert alert) {
    return OpenAlerts.decision(alert) != Decision.DISMISS;
  }

  /// Shows the newest record of an open alert.
  public void show(Alert alert) {
    var id = AlertIds.shortId(alert);
    if (!isShown(alert)) {
      hide(alert);
      if (alert.getScope() == AlertScope.COHORT) {
        dismiss(id, alert);
      }
      return;
    }
    forgetDismissed(id);
    if (rows.containsKey(id) || slots.take()) {
      put(id, alert);
    } else if (waiting.put(id, alert) == null) {
      slots.waiting(1);
    }
  }

  private void dismiss(String id, Alert alert) {
    var tags = labels(alert);
    dismissed.put(id, tags);
    board.gauge(Meters.ALERT_DISMISSED, tags, 1);
  }

  private void forgetDismissed(String id) {
    var tags = dismissed.remove(id);
    if (tags != null) {
      board.remove(Meters.ALERT_DISMISSED, tags);
    }
  }

  /// An alert is over or dismissed.
  public void hide(Alert alert) {
    var id = AlertIds.shortId(alert);
    forgetDismissed(id);
    var row = rows.remove(id);
    if (row != null) {
      board.remove(Meters.ALERT_INFO, row.info);
      board.remove(Meters.ALERT_TITLE, title(id, row.title));
      FIGURES.forEach(figure -> board.remove(figure, Tags.of("id", id)));
      slots.release();
    } else if (waiting.remove(id) != null) {
      slots.waiting(-1);
    }
  }

  /// Shows the newest titles, and alerts that have waited for a slot. Called every few seconds.
  public void refresh() {
    rows.replaceAll((id, row) -> retitled(id, row));
    while (!waiting.isEmpty() && slots.take()) {
      var next = waiting.entrySet().iterator().next();
      waiting.remove(next.getKey());
      slots.waiting(-1);
      put(next.getKey(), next.getValue());
    }
  }

  private void put(String id, Alert alert) {
    var newest = alert.getTitle();
    var before = rows.get(id);
    var now =
        new Row(info(alert), alert.getConfirmed(), before == null ? "" : before.title, newest);
    if (before == null || !before.isLike(now)) {
      if (before != null && !before.info.equals(now.info)) {
        board.remove(Meters.ALERT_INFO, before.info);
      }
      board.gauge(Meters.ALERT_INFO, now.info, 1);
      now = retitled(id, now);
    }
    rows.put(id, now);
    figures(Tags.of("id", id), alert);
  }

  private Row retitled(String id, Row row) {
    if (!row.title.equals(row.newest)) {
      board.remove(Meters.ALERT_TITLE, title(id, row.title));
      board.gauge(Meters.ALERT_TITLE, title(id, row.newest), 1);
    }
    return new Row(row.info, row.confirmed, row.newest, row.newest);
  }

  private void figures(Tags id, Alert alert) {
    board.gauge(Meters.ALERT_CONFIRMED, id, alert.getConfirmed() ? 1 : 0);
    board.gauge(Meters.ALERT_ONSET, id, alert.getOnset().toEpochMilli() / 1e3);
    FindingView.of(alert).moved().ifPresent(moved -> figures(id, moved));
    if (alert.getScope() == AlertScope.INCIDENT) {
      long members =
          alert.getMembers().stream()
              .filter(member -> !member.getHost().isEmpty() && !member.getRecovered())
              .count();
      board.gauge(Meters.ALERT_MEMBERS, id, (double) members);
    }
  }

  private void figures(Tags id, FindingView.Moved moved) {
    if (moved.before() > 0) {
      board.gauge(Meters.ALERT_RATIO, id, moved.after() / moved.before());
    }
    switch (moved.unit()) {
      case NANOSECONDS -> {
        board.gauge(Meters.ALERT_BEFORE, id, moved.before() / 1e9);
        board.gauge(Meters.ALERT_AFTER, id, moved.after() / 1e9);
        board.gauge(Meters.ALERT_SHIFT, id, moved.shift() / 1e9);
      }
      case COUNT -> {
        board.gauge(Meters.ALERT_BEFORE_FAULTS, id, moved.before());
        board.gauge(Meters.ALERT_AFTER_FAULTS, id, moved.after());
      }
      case UNKNOWN -> {}
    }
  }

  private static Tags title(String id, String title) {
    return Tags.of("id", id, "title", Printable.of(title, Bounds.TEXT));
  }

  private static Tags info(Alert alert) {
    return labels(alert).and("suspect", Printable.of(Title.suspect(alert), Bounds.TEXT));
  }

  private static Tags labels(Alert alert) {
    return Tags.of(
        AlertLabels.of(alert).entrySet().stream()
            .map(label -> Tag.of(label.getKey(), label.getValue()))
            .toList());
  }

  @Override
  public void close() {
    board.close();
    rows.keySet().forEach(_ -> slots.release());
    slots.waiting(-waiting.size());
    rows.clear();
    waiting.clear();
    dismissed.clear();
  }
}
