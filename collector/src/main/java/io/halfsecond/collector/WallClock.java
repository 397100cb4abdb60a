package io.halfsecond.collector;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Turns `CLOCK_MONOTONIC` into wall time. The offset between the two is kept until they have moved
/// apart by more than a millisecond, so that the records of one connection agree to the microsecond
/// unless the clock was set.
final class WallClock implements LongSupplier {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long TOLERANCE_NANOS = 1_000_000;

  private final InstantSource wall;
  private final LongSupplier monotonicNanos;
  private volatile long offsetNanos;

  WallClock(InstantSource wall, LongSupplier monotonicNanos) {
    this.wall = wall;
    this.monotonicNanos = monotonicNanos;
    this.offsetNanos = measure();
  }

  void refresh() {
    var measured = measure();
    if (Math.abs(measured - offsetNanos) > TOLERANCE_NANOS) {
      offsetNanos = measured;
    }
  }

  /// What to add to `CLOCK_MONOTONIC` to get nanoseconds since the epoch.
  @Override
  public long getAsLong() {
    return offsetNanos;
  }

  Instant instant(long nanos) {
    var epochNanos = nanos + offsetNanos;
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNanos, NANOS_PER_SECOND), Math.floorMod(epochNanos, NANOS_PER_SECOND));
  }

  private long measure() {
    var instant = wall.instant();
    return instant.getEpochSecond() * NANOS_PER_SECOND
        + instant.getNano()
        - monotonicNanos.getAsLong();
  }
}
