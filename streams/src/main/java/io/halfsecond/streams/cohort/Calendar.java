package io.halfsecond.streams.cohort;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
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
    return ByteBuffer.allocate(1 + 2 * Long.BYTES)
        .put(VERSION)
        .putLong(since.toEpochMilli())
        .putLong(period)
        .array();
  }

  /// @throws IllegalArgumentException if they are not what [#toBytes] wrote
  static Calendar fromBytes(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "calendar of a cohort: version " + version + ", known is " + VERSION);
      }
      return new Calendar(Instant.ofEpochMilli(in.getLong()), in.getLong());
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "calendar of a cohort: ends after " + bytes.length + " bytes", e);
    }
  }
}
