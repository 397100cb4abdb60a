package io.halfsecond.streams.detector;

import java.time.Instant;

/// One measurement of one key.
///
/// @param id names the connection, in at most 1,024 characters; the same on replay. Breaks ties between equal
///   measurements.
/// @param at event time, from 1970 to 9999; the detector keeps microseconds
/// @param nanos the measurement, in nanoseconds; at least 0 and finite. From 10¹⁸ (31 years) on all count as equal.
public record Sample(String id, Instant at, double nanos) {
  /// The first microsecond of the year 10000.
  static final long LATEST_MICROS = 253_402_300_800_000_000L;

  public Sample {
    if (!(nanos >= 0 && nanos < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
        "sample %s: a measurement must be finite and at least 0 ns, not %s".formatted(id, nanos));
    }
    if (id.length() > 1024) {
      throw new IllegalArgumentException("sample id of " + id.length() + " characters, at most 1024");
    }
    if (at.getEpochSecond() < 0 || at.getEpochSecond() >= LATEST_MICROS / 1_000_000) {
      throw new IllegalArgumentException(
        "sample %s: time must be from 1970 to 9999, not %s".formatted(id, at));
    }
  }

  long micros() {
    return at.getEpochSecond() * 1_000_000 + at.getNano() / 1000;
  }
}
