package io.halfsecond.streams.cohort;

import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import java.time.Instant;

/// The baseline of one host of a cohort at its last deviation.
///
/// @param median of the baseline, in the unit of the signal
/// @param baseline connections in it, a count
/// @param seen when that was
record HostBaseline(double median, long baseline, Instant seen) {
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
  static HostBaseline fromBytes(byte[] bytes) {
    var in = new BitReader("host of a cohort", bytes);
    in.version(VERSION);
    var baseline =
        new HostBaseline(
            in.decimal("median"), in.fixed(Long.SIZE), Instant.ofEpochMilli(in.fixed(Long.SIZE)));
    in.end();
    return baseline;
  }
}
