package io.halfsecond.streams.cohort;

import java.time.Instant;

/// The hours of a week, 0 to 167. Hour 0 is Monday 00:00 to 01:00 UTC.
final class HourOfWeek {
  static final int COUNT = 168;
  private static final long HOUR_SECONDS = 3_600;

  /// 1970-01-01 was a Thursday.
  private static final long EPOCH_HOUR = 3 * 24L;

  private HourOfWeek() {}

  static int of(Instant at) {
    return (int)
        Math.floorMod(Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS) + EPOCH_HOUR, (long) COUNT);
  }

  /// The number of the week. Weeks begin on Monday.
  static long week(Instant at) {
    return Math.floorDiv(
        Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS) + EPOCH_HOUR, (long) COUNT);
  }
}
