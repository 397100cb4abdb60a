package io.halfsecond.collector.source.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Puts wall-clock times of log lines on `CLOCK_MONOTONIC`.
record MonotonicTime(InstantSource wall, LongSupplier monotonicNanos) {
  /// Older or later than this no log line is; keeps the arithmetic in range too.
  private static final Duration PAST = Duration.ofDays(50 * 365);

  private static final Duration FUTURE = Duration.ofDays(1);

  /// The difference of the clocks is taken now, so a step of the wall clock shifts only lines
  /// logged before it and read after it. A time slightly ahead of ours counts as now.
  ///
  /// @return empty if the time cannot be right
  OptionalLong nanosOf(Instant at) {
    var ago = Duration.between(at, wall.instant());
    if (ago.compareTo(PAST) > 0 || ago.compareTo(FUTURE.negated()) < 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(monotonicNanos.getAsLong() - Math.max(0, ago.toNanos()));
  }
}
