package io.halfsecond.collector.linux;

import java.lang.foreign.Arena;

/// What the ended children of this process have used in total.
///
/// @param cpuNanos user and system time. The kernel splits it by ticks, but the sum is exact to the
///   microsecond.
public record ChildUsage(long cpuNanos) {
  private static final int RUSAGE_CHILDREN = -1;

  /// struct rusage of 64-bit Linux (getrusage(2)): two struct timeval of two longs, then 14 longs.
  private static final int RUSAGE_BYTES = 144;

  private static final int UTIME = 0;
  private static final int STIME = 16;
  private static final int MICROS_IN_TIMEVAL = 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  /// A child counts once it has been waited for.
  public static ChildUsage now() throws NativeCallException {
    try (var arena = Arena.ofConfined()) {
      var libc = new Libc(arena);
      var usage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
      if (libc.getrusage(RUSAGE_CHILDREN, usage) == -1) {
        throw libc.failed("getrusage");
      }
      return new ChildUsage(
          NANOS_PER_SECOND * (usage.get(Libc.LONG, UTIME) + usage.get(Libc.LONG, STIME))
              + NANOS_PER_MICRO
                  * (usage.get(Libc.LONG, UTIME + MICROS_IN_TIMEVAL)
                      + usage.get(Libc.LONG, STIME + MICROS_IN_TIMEVAL)));
    }
  }

  public ChildUsage since(ChildUsage earlier) {
    return new ChildUsage(cpuNanos - earlier.cpuNanos);
  }
}
