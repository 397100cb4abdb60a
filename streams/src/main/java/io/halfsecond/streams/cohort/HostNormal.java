package io.halfsecond.streams.cohort;

import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import java.time.Instant;

/// Where one host of a cohort stood when it was last heard of.
///
/// @param median of its baseline, in the unit of the signal
/// @param baseline connections in that, a count
record HostNormal(double median, long baseline, Instant seen) {
  private static final byte VERSION = 1;

  byte[] toBytes() {
    var out = new BitWriter();
    out.fixed(VERSION, Byte.SIZE);
    out.decimal(median);
    out.fixed(baseline, Long.SIZE);
    out.fixed(seen.toEpochMilli(), Long.SIZE);
    return out.toBytes();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#toBytes] wrote
  static HostNormal fromBytes(byte[] bytes) {
    var in = new BitReader("host of a cohort", bytes);
    in.version(VERSION);
    return new HostNormal(
        in.decimal("median"), in.fixed(Long.SIZE), Instant.ofEpochMilli(in.fixed(Long.SIZE)));
  }
}
