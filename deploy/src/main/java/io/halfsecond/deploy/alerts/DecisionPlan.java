package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Decision;
import io.halfsecond.streams.alert.Alerts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The alerts that a decision on one alert is written for: the alert itself, and every alert that
/// an incident covers.
///
/// @param chosen the alert that was named
/// @param decided alerts that the decision is written for, the chosen one first
/// @param left alerts of the incident that it is not written for
/// @param objection why it is not written for the chosen alert; empty if it is
public record DecisionPlan(
    Alert chosen, List<Alert> decided, List<Left> left, Optional<String> objection) {
  /// An alert on which the decision would have no effect, and why.
  public record Left(Alert alert, String reason) {}

  public DecisionPlan {
    decided = List.copyOf(decided);
    left = List.copyOf(left);
  }

  /// If the incident is already decided, the rest of its alerts can still be: the first command may
  /// have been interrupted, or a host may have joined since.
  public static DecisionPlan of(NewestAlerts all, Alert chosen, Decision decision) {
    var decided = new ArrayList<Alert>();
    var left = new ArrayList<Left>();
    var objection = all.objection(chosen, decision);
    if (objection.isEmpty()) {
      decided.add(chosen);
    }
    for (var alert : all.below(chosen)) {
      all.objection(alert, decision)
          .ifPresentOrElse(reason -> left.add(new Left(alert, reason)), () -> decided.add(alert));
    }
    return new DecisionPlan(chosen, decided, left, objection);
  }

  /// Groups to be written one after the other. An incident ends with its hosts, so its own decision
  /// has to be carried out before theirs.
  public List<List<Alert>> inTurn() {
    return decided.getFirst().getScope() == AlertScope.INCIDENT && decided.size() > 1
        ? List.of(decided.subList(0, 1), decided.subList(1, decided.size()))
        : List.of(decided);
  }

  /// The same decision for each. The topology applies it to those that moved with one of them.
  public static List<AlertControl> controls(List<Alert> alerts, Acknowledgement word) {
    var ids = alerts.stream().map(Alert::getAlertId).collect(Collectors.toSet());
    return alerts.stream()
        .filter(alert -> alert.getMovedWith().filter(ids::contains).isEmpty())
        .map(alert -> Alerts.control(alert, word))
        .toList();
  }
}
