package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Puts alerts into a list for a person. What an alert has to say stands in its summary; this adds
/// what a list needs.
public final class AlertText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /// 32 bits: among a thousand alerts, one chance in 8,600 that two begin alike. `halfsecond ack`
  /// says so then.
  private static final int ID_DIGITS = 8;

  private AlertText() {}

  /// When, where it stands, how urgent it is, the digits of its id that `halfsecond ack` takes, and
  /// its summary. Always one line.
  public static String line(Alert alert) {
    return "%s  %-12s  %-5s  %s  %s"
        .formatted(
            TIME.format(alert.getAt()),
            alert.getState(),
            alert.getTier(),
            shortId(alert),
            summary(alert));
  }

  /// The summary, less what a terminal would take for a command: it repeats what a person has
  /// written.
  public static String summary(Alert alert) {
    return alert.getSummary().replaceAll("\\p{Cntrl}", "?");
  }

  /// The first digits of an alert's id.
  public static String shortId(Alert alert) {
    return alert.getAlertId().substring(0, Math.min(ID_DIGITS, alert.getAlertId().length()));
  }

  /// A time as it stands in lists and summaries.
  public static String time(Instant instant) {
    return TIME.format(instant);
  }
}
