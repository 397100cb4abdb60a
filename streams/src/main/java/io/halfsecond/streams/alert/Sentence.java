package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.streams.telemetry.Losses;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes an alert as a few sentences on one line, for example:
///
/// > web-17: sshd startup 8.0 ms → 511 ms (+503 ms [498 ms, 509 ms], 64×) since 2024-03-29
/// > 12:04:10Z, over 14 connections (preliminary). Waiting for a CPU 5 % → 6 %: not for load.
/// > Evidence 9,400 days against a limit of 365. Telemetry complete.
///
/// The clauses about the finding come from its [FindingView].
public final class Sentence {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// Maximum number of hosts of an incident that are named.
  private static final int NAMED = 3;

  private Sentence() {}

  /// @param alert complete except for its summary
  public static String of(Alert alert) {
    var view = FindingView.of(alert);
    boolean over =
        alert.getState() == AlertState.RESOLVED || alert.getState() == AlertState.TRANSIENT;
    return "%s: %s%s %s%s"
        .formatted(
            who(alert),
            over && !alert.getRetired() ? view.over() : view.open(),
            alert.getRetired() ? " The alert ends: the host has sent nothing for 30 days." : "",
            telemetry(alert),
            acknowledgement(alert));
  }

  private static String who(Alert alert) {
    if (alert.getScope() == AlertScope.INCIDENT) {
      return members(alert);
    }
    return alert.getHost().isEmpty() ? "all hosts of " + alert.getCohort() : alert.getHost();
  }

  /// Whether an incident is about one host, and not about its cohort: it reads as its alert then.
  static boolean isOneHost(Alert incident) {
    return incident.getMembers().size() == 1
        && !incident.getMembers().getFirst().getHost().isEmpty();
  }

  private static String members(Alert alert) {
    if (isOneHost(alert)) {
      return alert.getMembers().getFirst().getHost();
    }
    var hosts =
        alert.getMembers().stream().map(Member::getHost).filter(host -> !host.isEmpty()).toList();
    if (hosts.size() <= 1) {
      return "all hosts of " + alert.getCohort();
    }
    int more = hosts.size() - NAMED;
    return "%d hosts of %s (%s%s)"
        .formatted(
            hosts.size(),
            alert.getCohort(),
            String.join(", ", hosts.subList(0, Math.min(NAMED, hosts.size()))),
            more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String telemetry(Alert alert) {
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
                time(losses.getLast().getAt()));
  }

  private static String loss(TelemetryLoss loss) {
    return switch (loss.getReason()) {
      case Losses.RESTART -> "the collector restarted";
      case Losses.MISSING -> count(loss.getCount(), "record") + " missing";
      case Losses.INCOMPLETE -> count(loss.getCount(), "incomplete connection");
      default -> "%,d lost (%s)".formatted(loss.getCount(), loss.getReason());
    };
  }

  private static String acknowledgement(Alert alert) {
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
    return " Evidence %s days against a limit of %s.".formatted(whole(days), whole(limit));
  }

  private static String whole(double days) {
    return String.format(Locale.ROOT, days >= 1e9 ? "%.1e" : "%,.0f", days);
  }

  static String count(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /// Three digits are enough for a person.
  static String nanos(double nanos) {
    double size = Math.abs(nanos);
    if (size < 1e6) {
      return String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
    }
    if (size < 10e6) {
      return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
    return size < 1e9
        ? String.format(Locale.ROOT, "%.0f ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
