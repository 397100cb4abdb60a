package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.ShownAlerts;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/// Shows open alerts as gauges. Incidents have gauges of their own. Dismissed alerts are not shown.
final class AlertBoard implements AutoCloseable {
  private static final List<String> SHOWN =
      List.of(
          Meters.ALERTS_OPEN,
          Meters.ALERT_CONFIRMED,
          Meters.ALERT_ONSET,
          Meters.ALERT_RATIO,
          Meters.ALERT_SHIFT,
          Meters.ALERT_BEFORE,
          Meters.ALERT_AFTER);
  private static final List<String> SHOWN_OF_INCIDENTS =
      List.of(
          Meters.INCIDENTS_OPEN,
          Meters.INCIDENT_CONFIRMED,
          Meters.INCIDENT_MEMBERS,
          Meters.INCIDENT_ONSET,
          Meters.INCIDENT_RATIO,
          Meters.INCIDENT_SHIFT);
  private static final int ID_DIGITS = 8;

  private final Board.Section board;
  private final ShownAlerts.Section alerts;

  AlertBoard(Board board) {
    this.board = board.section();
    this.alerts = board.alerts().section();
  }

  /// Whether an open alert is shown.
  static boolean isShown(Alert alert) {
    return OpenAlerts.decision(alert) != Decision.DISMISS;
  }

  void show(Alert alert) {
    if (!isShown(alert)) {
      return;
    }
    alerts.put(alert);
    if (alert.getScope() == AlertScope.INCIDENT) {
      showIncident(alert);
    } else {
      showAlert(alert);
    }
  }

  void hide(Alert alert) {
    alerts.remove(alert);
    var tags = tags(alert);
    (alert.getScope() == AlertScope.INCIDENT ? SHOWN_OF_INCIDENTS : SHOWN)
        .forEach(meter -> board.remove(meter, tags));
  }

  private void showAlert(Alert alert) {
    var tags = tags(alert);
    board.gauge(Meters.ALERTS_OPEN, Meters.NO_UNIT, tags, 1);
    board.gauge(Meters.ALERT_CONFIRMED, Meters.NO_UNIT, tags, alert.getConfirmed() ? 1 : 0);
    board.gauge(Meters.ALERT_ONSET, Meters.SECONDS, tags, alert.getOnset().toEpochMilli() / 1e3);
    showMoved(alert, Meters.ALERT_RATIO, Meters.ALERT_SHIFT);
    FindingView.of(alert)
        .moved()
        .filter(moved -> moved.unit() == Unit.NANOSECONDS)
        .ifPresent(
            moved -> {
              board.gauge(Meters.ALERT_BEFORE, Meters.SECONDS, tags, moved.before() / 1e9);
              board.gauge(Meters.ALERT_AFTER, Meters.SECONDS, tags, moved.after() / 1e9);
            });
  }

  private void showIncident(Alert incident) {
    var tags = tags(incident);
    long members =
        incident.getMembers().stream()
            .filter(member -> !member.getHost().isEmpty() && !member.getRecovered())
            .count();
    board.gauge(Meters.INCIDENTS_OPEN, Meters.NO_UNIT, tags, 1);
    board.gauge(Meters.INCIDENT_CONFIRMED, Meters.NO_UNIT, tags, incident.getConfirmed() ? 1 : 0);
    board.gauge(Meters.INCIDENT_MEMBERS, Meters.NO_UNIT, tags, (double) members);
    board.gauge(
        Meters.INCIDENT_ONSET, Meters.SECONDS, tags, incident.getOnset().toEpochMilli() / 1e3);
    showMoved(incident, Meters.INCIDENT_RATIO, Meters.INCIDENT_SHIFT);
  }

  private void showMoved(Alert alert, String ratio, String shift) {
    var tags = tags(alert);
    FindingView.of(alert)
        .moved()
        .ifPresent(
            moved -> {
              if (moved.before() > 0) {
                board.gauge(ratio, Meters.NO_UNIT, tags, moved.after() / moved.before());
              }
              if (moved.unit() == Unit.NANOSECONDS) {
                board.gauge(shift, Meters.SECONDS, tags, moved.shift() / 1e9);
              }
            });
  }

  private static Tags tags(Alert alert) {
    var view = FindingView.of(alert);
    var owner =
        alert.getScope() == AlertScope.INCIDENT
            ? Tags.of("incident", alert.getAlertId().substring(0, ID_DIGITS))
            : Tags.of("host", alert.getHost());
    return owner.and(
        "cohort",
        alert.getCohort(),
        "signal",
        FindingView.signal(alert),
        "stratum",
        FindingView.stratum(alert),
        "phase",
        OutputMeters.label(view.phase()),
        "direction",
        OutputMeters.label(view.direction()),
        "tier",
        OutputMeters.label(alert.getTier()),
        "cause",
        cause(alert));
  }

  private static String cause(Alert alert) {
    return switch (alert.getScope()) {
      case COHORT -> "cohort";
      case INCIDENT -> suspect(alert, "cohort");
      case HOST, UNKNOWN ->
          switch (alert.getAttribution()) {
            case CHANGED -> suspect(alert, "unknown");
            case UNCHANGED -> "none";
            case UNKNOWN -> "unknown";
          };
    };
  }

  private static String suspect(Alert alert, String otherwise) {
    return alert.getChanges().stream()
        .filter(Change::getFits)
        .findFirst()
        .map(change -> OutputMeters.label(change.getKind()))
        .orElse(otherwise);
  }

  @Override
  public void close() {
    board.close();
    alerts.close();
  }
}
