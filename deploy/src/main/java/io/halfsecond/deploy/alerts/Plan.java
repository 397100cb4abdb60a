package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a decision on an alert is a decision on: the alert, and if it is an incident, every alert
/// that it stands for.
///
/// @param chosen the alert
/// @param decided those that get the word, the chosen one first
/// @param left those of the incident's that do not
/// @param objection why the chosen one itself does not get it; empty if it does
public record Plan(Alert chosen, List<Alert> decided, List<Left> left, Optional<String> objection) {
  /// An alert on which the decision would come to nothing, and why.
  public record Left(Alert alert, String reason) {}

  public Plan {
    decided = List.copyOf(decided);
    left = List.copyOf(left);
  }

  /// An incident that is decided already is no objection to deciding about those of its hosts that
  /// are not: the first time the command may have been interrupted, or a host may have joined
  /// since.
  public static Plan of(NewestAlerts all, Alert chosen, Decision decision) {
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
    return new Plan(chosen, decided, left, objection);
  }

  /// What may be written at once. An incident is over when its hosts are: so the word on it has to
  /// arrive before theirs, or it would come too late.
  public List<List<Alert>> inTurn() {
    return decided.getFirst().getScope() == AlertScope.INCIDENT && decided.size() > 1
        ? List.of(decided.subList(0, 1), decided.subList(1, decided.size()))
        : List.of(decided);
  }

  /// The same word on each.
  public static List<AlertControl> controls(List<Alert> alerts, Acknowledgement word) {
    return alerts.stream()
        .map(
            alert ->
                AlertControl.newBuilder()
                    .setAlertId(alert.getAlertId())
                    .setScope(alert.getScope())
                    .setHost(alert.getHost())
                    .setCohort(alert.getCohort())
                    .setSubject(alert.getSubject())
                    .setAcknowledgement(word)
                    .build())
        .toList();
  }
}
