package io.halfsecond.streams.detector;

import java.time.Instant;

/// One measurement of one key.
///
/// @param id names the connection; the same on replay. Breaks ties between equal measurements.
/// @param at event time; the detector keeps microseconds
/// @param nanos the measurement, in nanoseconds; at least 0 and finite. From 10¹⁸ (31 years) on all count as equal.
public record Sample(String id, Instant at, double nanos) {
  public Sample {
    if (!(nanos >= 0 && nanos < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
        "sample %s: a measurement must be finite and at least 0 ns, not %s".formatted(id, nanos));
    }
  }
}
