package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.attribution.Suspects;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// The labels of an alert in metrics, and so in what Prometheus' rules send to Alertmanager: what
/// does not change as long as the alert is the same.
public final class AlertLabels {
  private AlertLabels() {}

  /// A value may be empty: of the host, for a cohort or an incident.
  public static Map<String, String> of(Alert alert) {
    var view = FindingView.of(alert);
    var labels = new LinkedHashMap<String, String>();
    labels.put("id", AlertIds.shortId(alert));
    labels.put("scope", label(alert.getScope()));
    labels.put("host", alert.getHost());
    labels.put("cohort", alert.getCohort());
    labels.put("signal", FindingView.signal(alert));
    labels.put("stratum", FindingView.stratum(alert));
    labels.put("phase", label(view.phase()));
    labels.put("direction", label(view.direction()));
    labels.put("tier", label(alert.getTier()));
    labels.put("cause", cause(alert));
    return labels;
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
    return Suspects.first(alert.getChanges())
        .map(change -> label(change.getKind()))
        .orElse(otherwise);
  }

  /// As it is in labels.
  public static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
