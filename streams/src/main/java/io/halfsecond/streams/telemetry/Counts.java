package io.halfsecond.streams.telemetry;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;

/// Counts by name, at most 65,535 at a time, and their sums.
final class Counts {
  private Counts() {}

  /// Of two counts; what is too large for it is the largest number.
  static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  static void write(DataOutputStream out, Map<String, Long> counts) throws IOException {
    out.writeShort(counts.size());
    for (var count : counts.entrySet()) {
      out.writeUTF(count.getKey());
      out.writeLong(count.getValue());
    }
  }

  static void read(DataInputStream in, Map<String, Long> counts) throws IOException {
    int size = in.readUnsignedShort();
    for (int i = 0; i < size; i++) {
      counts.put(in.readUTF(), in.readLong());
    }
  }
}
