package io.halfsecond.streams.telemetry;

import java.time.Duration;
import java.time.Instant;

/// The bounds of valid event times, relative to the wall clock.
///
/// @param past how old a record may be. It is longer than the retention of the telemetry topics, so
///   reading a topic again never rejects a record that was accepted before.
/// @param future how far a time is ahead that is believed. A single record far ahead would advance
///   the time of its partition and make the records of all other hosts late.
/// @param clock how far the clock of a host may be ahead: its times are corrected
public record TimeBounds(Duration past, Duration future, Duration clock) {

  public TimeBounds {
    if (past.isNegative() || future.isNegative() || clock.compareTo(future) < 0) {
      throw new IllegalArgumentException(
          "time bounds must not be negative, nor the last less than the second: %s, %s, %s"
              .formatted(past, future, clock));
    }
  }

  /// With clocks that may be no further ahead than what is believed.
  public TimeBounds(Duration past, Duration future) {
    this(past, future, future);
  }

  /// 30 days back (topics keep seven), ten minutes ahead, and clocks that are 30 days ahead.
  public static TimeBounds defaults() {
    return new TimeBounds(Duration.ofDays(30), Duration.ofMinutes(10), Duration.ofDays(30));
  }

  /// 50 years either way: for the replay of telemetry of any age.
  public static TimeBounds any() {
    return new TimeBounds(Duration.ofDays(50 * 365), Duration.ofDays(50 * 365));
  }

  public boolean contain(Instant at, Instant now) {
    return !at.isBefore(now.minus(past)) && !at.isAfter(now.plus(future));
  }

  /// The bounds of what a clock may show.
  public TimeBounds ofClocks() {
    return new TimeBounds(past, clock);
  }
}
