package io.halfsecond.streams.detector;

import java.time.Instant;

/// One measurement of one key.
///
/// @param id names the connection, in at most 1,024 characters; the same on replay. Breaks ties
///   between equal measurements.
/// @param at event time, from 1970 to 9999; the detector keeps microseconds
/// @param value the measurement, in the unit of its signal; at least 0 and finite. From 10¹⁸ on all
///   count as equal.
/// @param source where the connection came from: equal numbers for equal places; [#NO_SOURCE] if
///   not known
/// @param waiting share of the time that its processes could run which they spent waiting for a
///   CPU, 0 to 1; [#NOT_KNOWN] if not known
public record Sample(String id, Instant at, double value, int source, double waiting) {
  public static final int NO_SOURCE = Sources.UNKNOWN;
  public static final double NOT_KNOWN = -1;

  /// The first microsecond of the year 10000.
  static final long LATEST_MICROS = 253_402_300_800_000_000L;

  public Sample {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "sample %s: a measurement must be finite and at least 0, not %s".formatted(id, value));
    }
    if (id.length() > 1024) {
      throw new IllegalArgumentException(
          "sample id of " + id.length() + " characters, at most 1024");
    }
    if (at.getEpochSecond() < 0 || at.getEpochSecond() >= LATEST_MICROS / 1_000_000) {
      throw new IllegalArgumentException(
          "sample %s: time must be from 1970 to 9999, not %s".formatted(id, at));
    }
    if (!((waiting >= 0 && waiting <= 1) || waiting == NOT_KNOWN)) {
      throw new IllegalArgumentException(
          "sample %s: the share of waiting must be from 0 to 1, not %s".formatted(id, waiting));
    }
  }

  long micros() {
    return Micros.of(at);
  }
}
