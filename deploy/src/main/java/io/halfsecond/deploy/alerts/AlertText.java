package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.Signal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Puts alerts into words: what moved, from where to where, by how much, since when, and on what evidence. Every
/// figure is one that stands in the alert.
public final class AlertText {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT)
    .withZone(
      ZoneOffset.UTC);
  private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'",
    Locale.ROOT).withZone(ZoneOffset.UTC);
  /// Onsets of two signals this close are one event: sshd's phases follow one another within seconds.
  private static final Duration SAME_ONSET = Duration.ofMinutes(2);
  private static final double NANOS_PER_MILLI = 1e6;

  private AlertText() {}

  /// One alert, in two lines without a line break at the end.
  public static String of(Alert alert) {
    return headline(alert, Optional.empty()) + "\n" + evidence(alert);
  }

  /// Several alerts, the newest record of each. What startup time and startup CPU of one host say about one event
  /// becomes one text; every other alert is a text of its own.
  public static List<String> ofAll(List<Alert> alerts) {
    var texts = new ArrayList<String>();
    var left = new ArrayList<>(alerts);
    while (!left.isEmpty()) {
      var alert = left.removeFirst();
      var partner = left.stream().filter(other -> sameEvent(alert, other)).findFirst();
      partner.ifPresent(left::remove);
      texts.add(partner.map(other -> alert.getSignal() == Signal.STARTUP
        ? combined(alert, other)
        : combined(other, alert)).orElseGet(() -> of(alert)));
    }
    return texts;
  }

  /// Everything of an alert as one line of plain text, for a list.
  public static String line(Alert alert) {
    return "%s %-8s %s".formatted(DAY_AND_TIME.format(alert.getAt()), alert.getState(),
      headline(alert, Optional
        .empty()));
  }

  private static boolean sameEvent(Alert a, Alert b) {
    return isStartup(a) && isStartup(b) && a.getSignal() != b.getSignal() && a.getHost().equals(b.getHost())
      && a.getStratum().equals(b.getStratum()) && a.getDirection() == b.getDirection()
      && a.getState() == b.getState()
      && Duration.between(a.getOnset(), b.getOnset()).abs().compareTo(SAME_ONSET) <= 0;
  }

  private static boolean isStartup(Alert alert) {
    return alert.getSignal() == Signal.STARTUP || alert.getSignal() == Signal.CPU_STARTUP;
  }

  private static String combined(Alert latency, Alert cpu) {
    return headline(latency, Optional.of(cpu)) + "\n" + evidence(latency) + "\nOf CPU: " + shift(cpu) + ", "
      + ratioOfEvidence(cpu) + completeness(cpu);
  }

  private static String headline(Alert alert, Optional<Alert> cpu) {
    var text = new StringBuilder("%s: sshd %s ".formatted(alert.getHost(), name(alert)));
    if (alert.getState() == AlertState.RESOLVED) {
      text.append("is back to what it was; had moved ");
    }
    text.append(
      "%s → %s (%s, %s) since %s, over %s".formatted(millis(alert.getBefore()), millis(alert.getAfter()),
        shift(alert), factor(alert), since(alert), connections(alert)));
    cpu.ifPresent(
      other -> text.append("; CPU per connection %s → %s in startup".formatted(millis(other.getBefore()),
        millis(other.getAfter()))));
    return text.append(alert.getPreliminary() ? "; preliminary." : ".").toString();
  }

  private static String connections(Alert alert) {
    return alert.getConnections() == 1 ? "1 connection" : alert.getConnections() + " connections";
  }

  private static String since(Alert alert) {
    // A person reads an alert on the day it comes; a later record of it says the day.
    return Duration.between(alert.getOnset(), alert.getAt()).compareTo(Duration.ofHours(12)) < 0
      ? TIME.format(alert.getOnset())
      : DAY_AND_TIME.format(alert.getOnset());
  }

  private static String name(Alert alert) {
    var signal = switch (alert.getSignal()) {
      case STARTUP -> "startup";
      case PREAUTH -> "preauth";
      case CPU_STARTUP -> "CPU of startup";
      case CPU_PREAUTH -> "CPU of preauth";
      case CPU_SESSION -> "CPU of the session";
      case FAULTS -> "page faults of startup";
      case UNKNOWN -> "(a signal that this version does not know)";
    };
    return alert.getStratum().equals("all") ? signal : signal + " of " + alert.getStratum();
  }

  private static String evidence(Alert alert) {
    return "Evidence " + ratioOfEvidence(alert) + ", by " + votes(alert) + completeness(alert);
  }

  private static String ratioOfEvidence(Alert alert) {
    return "%s days against a limit of %s".formatted(days(alert.getEvidenceDays()),
      days(alert.getLimitDays()));
  }

  private static String votes(Alert alert) {
    return alert.getVotes() == 1 ? "1 vote of the detector" : alert.getVotes() + " votes of the detector";
  }

  private static String completeness(Alert alert) {
    return alert.getTelemetryComplete()
      ? ". Telemetry complete."
      : ". Telemetry of this host was lost in between: the figures may be off.";
  }

  private static String shift(Alert alert) {
    return "%s [%s, %s]".formatted(signed(alert.getShift()), bare(alert.getShiftLow()), bare(alert
      .getShiftHigh()));
  }

  private static String factor(Alert alert) {
    double before = alert.getBefore().getP50();
    if (before <= 0) {
      return "from nothing";
    }
    double factor = alert.getAfter().getP50() / before;
    return factor >= 10
      ? String.format(Locale.ROOT, "%.0f×", factor)
      : String.format(Locale.ROOT, factor >= 2 ? "%.1f×" : "%.2f×", factor);
  }

  private static String millis(Quantiles quantiles) {
    return bare(quantiles.getP50()) + " ms";
  }

  private static String signed(double nanos) {
    return (nanos < 0 ? "−" : "+") + bare(Math.abs(nanos)) + " ms";
  }

  /// Milliseconds, to about three digits.
  private static String bare(double nanos) {
    double millis = nanos / NANOS_PER_MILLI;
    var text = String.format(Locale.ROOT, Math.abs(millis) < 9.95 ? "%.1f" : "%,.0f", millis);
    return text.replace('-', '−');
  }

  private static String days(double days) {
    if (days >= 1e6) {
      return "over a million";
    }
    return String.format(Locale.ROOT, days < 10 ? "%.1f" : "%,.0f", days);
  }
}
