package io.halfsecond.streams.cohort;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;

/// Where one host of a cohort stood when it was last heard of.
///
/// @param median of its baseline, in the unit of the signal
/// @param baseline connections in that, a count
record HostNormal(double median, long baseline, Instant seen) {
  private static final byte VERSION = 1;

  byte[] toBytes() {
    return ByteBuffer.allocate(1 + 3 * Long.BYTES)
        .put(VERSION)
        .putDouble(median)
        .putLong(baseline)
        .putLong(seen.toEpochMilli())
        .array();
  }

  /// @throws IllegalArgumentException if they are not what [#toBytes] wrote
  static HostNormal fromBytes(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "host of a cohort: version " + version + ", known is " + VERSION);
      }
      return new HostNormal(in.getDouble(), in.getLong(), Instant.ofEpochMilli(in.getLong()));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "host of a cohort: ends after " + bytes.length + " bytes", e);
    }
  }
}
