package io.halfsecond.streams.detector.state;

import java.time.Duration;
import java.time.Instant;

/// Event times and durations in whole microseconds. Times count from the epoch.
public final class Micros {
  public static final long DAY = of(Duration.ofDays(1));
  public static final long HOUR = of(Duration.ofHours(1));
  public static final long MINUTE = of(Duration.ofMinutes(1));

  /// The end of the year 9999.
  public static final long END_OF_TIME = 253_402_300_800_000_000L;

  private Micros() {}

  public static long of(Duration duration) {
    return duration.toNanos() / 1000;
  }

  public static long of(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  /// The time between two votes in days, at most one: Δ of the e-detector.
  ///
  /// Without the cap, a key that has been idle for months would earn months of evidence with its
  /// next sample. A smaller Δ only lowers R, so the guarantee holds.
  public static double days(long last, long end) {
    return (double) Math.clamp(end - last, 0, DAY) / DAY;
  }

  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1000L);
  }
}
