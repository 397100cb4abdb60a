package io.halfsecond.streams.cohort;

import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import java.time.Duration;
import java.time.Instant;

/// When the profiles of a cohort are due.
///
/// @param since when the cohort was first seen
/// @param period the last one for which a profile was made, or was due and could not be made
record ProfileSchedule(Instant since, long period) {
  /// Short enough that new hosts are soon compared. Published profiles are kept for a month.
  static final Duration PERIOD = Duration.ofHours(6);

  /// Its start is the last second that has a number of milliseconds since the epoch.
  private static final long LAST_PERIOD = Long.MAX_VALUE / 1000 / PERIOD.toSeconds();

  private static final byte VERSION = 1;

  static ProfileSchedule begin(Instant at) {
    return new ProfileSchedule(at, periodOf(at));
  }

  static long periodOf(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), PERIOD.toSeconds());
  }

  static Instant startOf(long period) {
    return Instant.ofEpochSecond(period * PERIOD.toSeconds());
  }

  byte[] toBytes() {
    var out = new BitWriter();
    out.fixed(VERSION, Byte.SIZE);
    out.fixed(since.toEpochMilli(), Long.SIZE);
    out.fixed(period, Long.SIZE);
    return out.toBytes();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#toBytes] wrote
  static ProfileSchedule fromBytes(byte[] bytes) {
    var in = new BitReader("calendar of a cohort", bytes);
    in.version(VERSION);
    var schedule =
        new ProfileSchedule(Instant.ofEpochMilli(in.fixed(Long.SIZE)), in.fixed(Long.SIZE));
    in.end();
    if (schedule.period < 0 || schedule.period > LAST_PERIOD) {
      throw in.corrupt("period " + schedule.period);
    }
    return schedule;
  }
}
