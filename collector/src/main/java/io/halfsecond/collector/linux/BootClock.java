package io.halfsecond.collector.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The start of the kernel by the current wall clock: `CLOCK_REALTIME` less `CLOCK_BOOTTIME`, the
/// clock of start times in /proc. btime in /proc/stat is exact to the second only.
public final class BootClock {
  /// include/uapi/linux/time.h
  private static final int CLOCK_BOOTTIME = 7;

  /// struct timespec of 64-bit Linux: two longs.
  private static final int TIMESPEC_BYTES = 16;

  private static final int NANOS = 8;

  /// The clocks are read one after the other. Of several readings the closest pair was not
  /// interrupted.
  private static final int READINGS = 5;

  private BootClock() {}

  /// Exact to some microseconds. Changes when the wall clock is set, but not when it is slewed,
  /// which moves both clocks.
  public static Instant bootedAt(InstantSource wall) throws NativeCallException {
    try (var arena = Arena.ofConfined()) {
      var libc = new Libc(arena);
      var time = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
      var closest = Duration.ofSeconds(Long.MAX_VALUE);
      var bootedAt = Instant.EPOCH;
      for (int i = 0; i < READINGS; i++) {
        var before = now(libc, time);
        var at = wall.instant();
        var apart = now(libc, time).minus(before);
        if (apart.compareTo(closest) < 0) {
          closest = apart;
          bootedAt = at.minus(before).minus(apart.dividedBy(2));
        }
      }
      return bootedAt;
    }
  }

  private static Duration now(Libc libc, MemorySegment time) throws NativeCallException {
    if (libc.clockGettime(CLOCK_BOOTTIME, time) == -1) {
      throw libc.failed("clock_gettime");
    }
    return Duration.ofSeconds(time.get(Libc.LONG, 0), time.get(Libc.LONG, NANOS));
  }
}
