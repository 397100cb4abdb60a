package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.DistinctSources;
import io.halfsecond.streams.detector.state.KeptSample;
import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.detector.state.RunningMean;
import java.time.Instant;

/// One measurement of one key.
///
/// @param id identifies the connection, in at most 1,024 characters, and is the same on replay. It
///   breaks ties between equal measurements.
/// @param at event time, from 1970 to 9999, kept in microseconds
/// @param value in the unit of the signal; finite and at least 0. Values above 10¹⁸ are treated as
///   equal.
/// @param source a number for the source of the connection; [#NO_SOURCE] if not known
/// @param waiting the share of their runnable time that its processes waited for a CPU, 0 to 1;
///   [#NOT_KNOWN] if not known
public record Sample(String id, Instant at, double value, int source, double waiting) {
  public static final int NO_SOURCE = DistinctSources.UNKNOWN;
  public static final double NOT_KNOWN = RunningMean.NOT_KNOWN;

  public Sample {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "sample %s: a measurement must be finite and at least 0, not %s".formatted(id, value));
    }
    if (id.length() > 1024) {
      throw new IllegalArgumentException(
          "sample id of " + id.length() + " characters, at most 1024");
    }
    if (at.getEpochSecond() < 0 || at.getEpochSecond() >= Micros.END_OF_TIME / 1_000_000) {
      throw new IllegalArgumentException(
          "sample %s: time must be from 1970 to 9999, not %s".formatted(id, at));
    }
    if (!((waiting >= 0 && waiting <= 1) || waiting == NOT_KNOWN)) {
      throw new IllegalArgumentException(
          "sample %s: the share of waiting must be from 0 to 1, not %s".formatted(id, waiting));
    }
  }

  KeptSample kept() {
    return KeptSample.of(id, value, Micros.of(at), source, waiting);
  }
}
