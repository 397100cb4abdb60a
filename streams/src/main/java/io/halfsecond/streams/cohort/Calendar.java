package io.halfsecond.streams.cohort;

import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import java.time.Duration;
import java.time.Instant;

/// Since when a cohort is known, and up to when its profiles have been published.
///
/// @param period the last one for which a profile was made, or was due and could not be
record Calendar(Instant since, long period) {
  /// New hosts should not wait for days to be compared; what is published is kept for a month.
  static final Duration PERIOD = Duration.ofHours(6);

  private static final byte VERSION = 1;

  static Calendar begin(Instant at) {
    return new Calendar(at, periodOf(at));
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
  static Calendar fromBytes(byte[] bytes) {
    var in = new BitReader("calendar of a cohort", bytes);
    in.version(VERSION);
    return new Calendar(Instant.ofEpochMilli(in.fixed(Long.SIZE)), in.fixed(Long.SIZE));
  }
}
