package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps track of which alerts show a decision already.
///
/// Not safe for use by several threads.
public final class Answers {
  private final Acknowledgement word;
  private final Map<String, Alert> awaited = new LinkedHashMap<>();
  private final Map<String, Alert> newest = new HashMap<>();
  private final List<DecisionPlan.Left> overtaken = new ArrayList<>();

  /// @param decided alerts for which the decision was written
  public Answers(List<Alert> decided, Acknowledgement word) {
    this.word = word;
    decided.forEach(
        alert -> {
          awaited.put(alert.getAlertId(), alert);
          newest.put(alert.getAlertId(), alert);
        });
  }

  /// A further record of the topic of alerts.
  ///
  /// @return whether the record settles an awaited alert
  public boolean take(Alert step) {
    newest.replace(step.getAlertId(), step);
    if (!awaited.containsKey(step.getAlertId())) {
      return false;
    }
    if (shows(step)) {
      awaited.remove(step.getAlertId());
      return true;
    }
    var reason = NewestAlerts.of(List.of(step)).objection(step, word.getDecision());
    if (reason.isPresent()) {
      awaited.remove(step.getAlertId());
      // An incident ends with the last of its hosts, whichever record comes first.
      if (step.getScope() != AlertScope.INCIDENT) {
        overtaken.add(new DecisionPlan.Left(step, reason.get()));
      }
      return true;
    }
    return false;
  }

  private boolean shows(Alert step) {
    return step.getAcknowledgement().filter(word::equals).isPresent();
  }

  /// Alerts that do not show the decision yet, as they were when it was made.
  public List<Alert> awaited() {
    return List.copyOf(awaited.values());
  }

  /// Whether none of these alerts is awaited.
  public boolean areThere(List<Alert> alerts) {
    return alerts.stream().noneMatch(alert -> awaited.containsKey(alert.getAlertId()));
  }

  /// The newest record of an alert.
  public Alert newest(Alert alert) {
    return newest.getOrDefault(alert.getAlertId(), alert);
  }

  /// Alerts that another event reached before the decision, as they are now.
  public List<DecisionPlan.Left> overtaken() {
    return List.copyOf(overtaken);
  }
}
