package io.halfsecond.collector.source.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Converts wall-clock times of log lines to `CLOCK_MONOTONIC`.
record MonotonicTime(InstantSource wall, LongSupplier monotonicNanos) {
  /// Bounds of plausible times, which also keep the arithmetic in range.
  private static final Duration PAST = Duration.ofDays(50 * 365);

  private static final Duration FUTURE = Duration.ofDays(1);

  /// Uses the current difference of the clocks, so a step of the wall clock shifts only lines
  /// logged before it and read after it. A time slightly in the future counts as now.
  ///
  /// @return empty if the time is not plausible
  OptionalLong nanosOf(Instant at) {
    var ago = Duration.between(at, wall.instant());
    if (ago.compareTo(PAST) > 0 || ago.compareTo(FUTURE.negated()) < 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(monotonicNanos.getAsLong() - Math.max(0, ago.toNanos()));
  }
}
