package io.halfsecond.deploy.alerts;

import io.halfsecond.deploy.terminal.Printable;
import io.halfsecond.schemas.Alert;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Formats alerts as list entries for a person: the summary of the alert, and what a list needs
/// besides.
public final class AlertText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// 32 bits: among a thousand alerts, one chance in 8,600 that two start alike. `halfsecond ack`
  /// reports that.
  private static final int ID_DIGITS = 8;

  private AlertText() {}

  /// Time, state, tier, the digits of the id that `halfsecond ack` takes, and the summary, on one
  /// line.
  public static String line(Alert alert) {
    return "%s  %-12s  %-5s  %s  %s"
        .formatted(
            TIME.format(alert.getAt()),
            alert.getState(),
            alert.getTier(),
            shortId(alert),
            summary(alert));
  }

  /// The summary without control characters, which a terminal might obey: it repeats text that a
  /// person wrote.
  public static String summary(Alert alert) {
    return Printable.of(alert.getSummary());
  }

  /// The first digits of an alert's id.
  public static String shortId(Alert alert) {
    return Printable.of(
        alert.getAlertId().substring(0, Math.min(ID_DIGITS, alert.getAlertId().length())));
  }

  /// A time as in lists and summaries.
  public static String time(Instant instant) {
    return TIME.format(instant);
  }
}
