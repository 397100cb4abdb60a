package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes times, durations and numbers as the texts of alerts have them.
public final class Words {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Words() {}

  public static String time(Instant instant) {
    return TIME.format(instant);
  }

  public static String count(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }

  static String days(double days) {
    return String.format(Locale.ROOT, days >= 1e9 ? "%.1e" : "%,.0f", days);
  }

  /// A measurement of a signal; of a newer version's unit, as a time.
  public static String amount(double value, Unit unit) {
    return unit == Unit.COUNT ? String.format(Locale.ROOT, "%,.0f", value) : nanos(value);
  }

  /// Three digits are enough for a person.
  public static String nanos(double nanos) {
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

  /// Two units are enough for a person.
  public static String span(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return String.format(Locale.ROOT, "%d min %d s", seconds / 60, seconds % 60);
    }
    return seconds < 86_400
        ? String.format(Locale.ROOT, "%d h %d min", seconds / 3_600, seconds % 3_600 / 60)
        : String.format(Locale.ROOT, "%d d %d h", seconds / 86_400, seconds % 86_400 / 3_600);
  }

  /// The beginning of a text that others wrote, such as a path.
  static String shortened(String text, int length) {
    return text.codePointCount(0, text.length()) <= length
        ? text
        : text.substring(0, text.offsetByCodePoints(0, length)) + "…";
  }
}
