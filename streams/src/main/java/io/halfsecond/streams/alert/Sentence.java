package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Signal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Says an alert in one line, for example:
///
/// > web-17: sshd startup 8 ms → 511 ms (+503 ms [498 ms, 509 ms], 62×) since 2024-03-29 12:04:10Z, over 14
/// > connections. Evidence 9,400 days against a limit of 365. Telemetry complete.
final class Sentence {
  private static final DateTimeFormatter TIME = DateTimeFormatter
    .ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// Ratios below this are told by the difference alone.
  private static final double NOTABLE_RATIO = 1.1;

  private Sentence() {}

  static String of(Alert alert) {
    var what = "%s: sshd %s".formatted(alert.getHost(), subject(alert));
    var telemetry = alert.getTelemetryComplete()
      ? "Telemetry complete."
      : "Telemetry incomplete: some was lost since the onset.";
    if (alert.getState() == AlertState.RESOLVED) {
      return "%s is back near %s after %s since %s. %s".formatted(what, nanos(alert.getBefore().getP50()),
        nanos(alert.getAfter().getP50()), time(alert.getOnset()), telemetry);
    }
    return "%s %s → %s (%s [%s, %s]%s) since %s, over %s%s. Evidence %s days against a limit of %s. %s"
      .formatted(what, nanos(alert.getBefore().getP50()), nanos(alert.getAfter().getP50()),
        signed(alert.getShiftNanos()), nanos(alert.getShiftLowNanos()), nanos(alert.getShiftHighNanos()),
        ratio(alert), time(alert.getOnset()), connections(alert.getConnections()),
        alert.getPreliminary() ? " (preliminary)" : "", whole(alert.getEvidenceDays()),
        whole(alert.getLimitDays()), telemetry);
  }

  private static String subject(Alert alert) {
    var signal = switch (alert.getSignal()) {
      case STARTUP -> "startup";
      case PREAUTH -> "preauth";
      case CPU_STARTUP -> "CPU in startup";
      case CPU_PREAUTH -> "CPU in preauth";
      case CPU_SESSION -> "CPU in the session";
      case UNKNOWN -> "signal " + Signal.UNKNOWN;
    };
    return alert.getStratum().equals("all") ? signal : "%s of %s".formatted(signal, alert.getStratum());
  }

  private static String connections(long count) {
    return count == 1 ? "1 connection" : String.format(Locale.ROOT, "%,d connections", count);
  }

  private static String ratio(Alert alert) {
    double before = alert.getBefore().getP50();
    double ratio = alert.getAfter().getP50() / before;
    if (before <= 0 || ratio < NOTABLE_RATIO) {
      return "";
    }
    return String.format(Locale.ROOT, ratio < 10 ? ", %.1f×" : ", %.0f×", ratio);
  }

  private static String time(Instant instant) {
    return TIME.format(instant);
  }

  private static String signed(double nanos) {
    return nanos < 0 ? nanos(nanos) : "+" + nanos(nanos);
  }

  private static String whole(double days) {
    return days >= 1e9 ? String.format(Locale.ROOT, "%.1e", days) : String.format(Locale.ROOT, "%,.0f", days);
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
