package io.halfsecond.collector.emit;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The offset from `CLOCK_MONOTONIC` to wall time, in nanoseconds. It is kept until the two clocks
/// have moved apart by more than a millisecond, so that the times of one connection agree to the
/// microsecond unless the clock was set.
public final class WallClock implements LongSupplier {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long TOLERANCE_NANOS = 1_000_000;

  private final InstantSource wall;
  private final LongSupplier monotonicNanos;
  private volatile long offsetNanos;

  public WallClock(InstantSource wall, LongSupplier monotonicNanos) {
    this.wall = wall;
    this.monotonicNanos = monotonicNanos;
    this.offsetNanos = measure();
  }

  public void refresh() {
    var measured = measure();
    if (Math.abs(measured - offsetNanos) > TOLERANCE_NANOS) {
      offsetNanos = measured;
    }
  }

  /// Added to `CLOCK_MONOTONIC` it gives nanoseconds since the epoch.
  @Override
  public long getAsLong() {
    return offsetNanos;
  }

  private long measure() {
    var instant = wall.instant();
    return instant.getEpochSecond() * NANOS_PER_SECOND
        + instant.getNano()
        - monotonicNanos.getAsLong();
  }
}
