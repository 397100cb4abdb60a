package io.halfsecond.streams.telemetry;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;

/// Reads and writes counts by name. At most 65,535.
final class Counts {
  private Counts() {}

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
