package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.streams.telemetry.Losses;
import java.util.Optional;
import java.util.stream.Collectors;

/// Writes an alert as a few sentences on one line, for example:
///
/// > web-17: sshd startup 8.0 ms → 511 ms (+503 ms [498 ms, 509 ms], 64×) since 2024-03-29
/// > 12:04:10Z, over 14 connections (preliminary). Waiting for a CPU 5 % → 6 %: not for load.
/// > Evidence 9,400 days against a limit of 365. Telemetry complete. Alert 05ab0f3f.
///
/// The clauses about the finding come from its [FindingView].
final class Sentence {
  /// Maximum number of hosts of an incident that are named.
  private static final int NAMED = 3;

  private Sentence() {}

  /// @param alert complete except for its summary
  public static String of(Alert alert) {
    var view = FindingView.of(alert);
    return "%s: %s%s%s Alert %s.%s"
        .formatted(
            Who.sentence(alert, NAMED),
            isOver(alert) ? view.over() : view.open(),
            alert.getRetired() ? " The alert ends: the host has sent nothing for 30 days." : "",
            telemetry(alert).map(" "::concat).orElse(""),
            AlertIds.shortId(alert),
            acknowledgement(alert));
  }

  /// Whether the signal is back.
  static boolean isOver(Alert alert) {
    return switch (alert.getState()) {
      case RESOLVED, TRANSIENT -> !alert.getRetired();
      case OPENED, CONFIRMED, UPDATED, ACKNOWLEDGED, UNKNOWN -> false;
    };
  }

  /// Whether figures are of all measurements; empty for a fact, which has none.
  static Optional<String> telemetry(Alert alert) {
    return alert.getFinding() instanceof ContradictionFinding
        ? Optional.empty()
        : Optional.of(completeness(alert));
  }

  private static String completeness(Alert alert) {
    if (alert.getTelemetryComplete()) {
      return "Telemetry complete.";
    }
    var losses = alert.getLosses();
    // An incident names no losses: its hosts' alerts do.
    return losses.isEmpty()
        ? "Telemetry incomplete: some was lost since the onset."
        : "Telemetry incomplete since the onset: %s; last at %s."
            .formatted(
                losses.stream().map(Sentence::loss).collect(Collectors.joining(", ")),
                Words.time(losses.getLast().getAt()));
  }

  private static String loss(TelemetryLoss loss) {
    return switch (loss.getReason()) {
      case Losses.RESTART -> "the collector restarted";
      case Losses.MISSING -> Words.count(loss.getCount(), "record") + " missing";
      case Losses.INCOMPLETE -> Words.count(loss.getCount(), "incomplete connection");
      default -> "%,d lost (%s)".formatted(loss.getCount(), loss.getReason());
    };
  }

  /// Begins with a blank; empty if there is no decision.
  static String acknowledgement(Alert alert) {
    return alert
        .getAcknowledgement()
        .map(
            acknowledgement ->
                " %s by %s: %s"
                    .formatted(
                        switch (acknowledgement.getDecision()) {
                          case ACCEPT -> "Accepted";
                          case DISMISS -> "Dismissed";
                          case ROLL_BACK -> "Acceptance rolled back";
                          case UNKNOWN -> "Acknowledged";
                        },
                        acknowledgement.getWho(),
                        acknowledgement.getWhy()))
        .orElse("");
  }

  /// Begins with a blank.
  static String evidence(double days, double limit) {
    return " Evidence %s days against a limit of %s."
        .formatted(Words.days(days), Words.days(limit));
  }
}
