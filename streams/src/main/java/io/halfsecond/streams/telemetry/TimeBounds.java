package io.halfsecond.streams.telemetry;

import java.time.Duration;
import java.time.Instant;

/// Which event times are believed.
///
/// @param past how old a record may be; longer than any telemetry topic keeps records, so that
///   reading a topic again from its start never rejects what was once accepted
/// @param future how far ahead of this machine's clock a host's clock may run. One record far ahead
///   would carry the time of its whole partition with it and make every other host's records late.
public record TimeBounds(Duration past, Duration future) {

  public TimeBounds {
    if (past.isNegative() || future.isNegative()) {
      throw new IllegalArgumentException(
          "time bounds must not be negative: " + past + ", " + future);
    }
  }

  /// 30 days back (topics keep seven), ten minutes ahead.
  public static TimeBounds defaults() {
    return new TimeBounds(Duration.ofDays(30), Duration.ofMinutes(10));
  }

  /// Whatever a clock may have said in earnest: for telemetry that is as old as it is.
  public static TimeBounds any() {
    return new TimeBounds(Duration.ofDays(50 * 365), Duration.ofDays(50 * 365));
  }

  public boolean contain(Instant at, Instant now) {
    return !at.isBefore(now.minus(past)) && !at.isAfter(now.plus(future));
  }
}
