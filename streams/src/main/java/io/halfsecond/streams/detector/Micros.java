package io.halfsecond.streams.detector;

import java.time.Duration;
import java.time.Instant;

/// Event times and durations as the detector keeps them: whole microseconds, times since the epoch.
final class Micros {
  static final long DAY = of(Duration.ofDays(1));
  static final long HOUR = of(Duration.ofHours(1));
  static final long MINUTE = of(Duration.ofMinutes(1));

  private Micros() {}

  static long of(Duration duration) {
    return duration.toNanos() / 1000;
  }

  static long of(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }

  /// How much a vote at `end` earns by the time since the last one, in days. No more than a day: a
  /// key that has been idle for months has not earned months of evidence by its next sample. Less
  /// only lowers R, so the guarantee holds.
  static double days(long last, long end) {
    return (double) Math.clamp(end - last, 0, DAY) / DAY;
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1000L);
  }
}
