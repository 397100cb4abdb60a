package io.halfsecond.streams.telemetry;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// The ids of the last records of a host. A collector that was killed reads the last lines of a log
/// again, and makes records with other numbers and the same ids of them.
///
/// They are in two generations. The younger one becomes the older one when it is full, or when it
/// has a number of ids and covers some minutes. So the last [#FEWEST] ids are always known, and
/// those of the last [#SPAN_MICROS] unless there are more than [#MOST].
///
/// Not safe for use by several threads.
final class LastIds {
  static final int FEWEST = 32;
  static final int MOST = 512;
  static final long SPAN_MICROS = 600_000_000;

  private static final long[] NONE = {};

  private long begunMicros;
  private long[] younger = new long[8];
  private int size;
  private long[] older = NONE;

  /// @return whether the id is new
  boolean add(Telemetry.Id id, long atMicros) {
    long hash = hash(id.text());
    if (contains(older, older.length, hash) || contains(younger, size, hash)) {
      return false;
    }
    if (size == 0) {
      begunMicros = atMicros;
    } else if (size >= MOST || (size >= FEWEST && atMicros - begunMicros >= SPAN_MICROS)) {
      older = Arrays.copyOf(younger, size);
      size = 0;
      begunMicros = atMicros;
    }
    if (size == younger.length) {
      younger = Arrays.copyOf(younger, 2 * size);
    }
    younger[size++] = hash;
    return true;
  }

  private static boolean contains(long[] hashes, int count, long hash) {
    for (int n = 0; n < count; n++) {
      if (hashes[n] == hash) {
        return true;
      }
    }
    return false;
  }

  /// FNV-1a with 64 bits. The ids are hashes already.
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int n = 0; n < text.length(); n++) {
      hash = (hash ^ text.charAt(n)) * 0x100000001b3L;
    }
    return hash;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(begunMicros);
    write(out, younger, size);
    write(out, older, older.length);
  }

  private static void write(DataOutputStream out, long[] hashes, int count) throws IOException {
    out.writeShort(count);
    for (int n = 0; n < count; n++) {
      out.writeLong(hashes[n]);
    }
  }

  static LastIds read(DataInputStream in) throws IOException {
    var ids = new LastIds();
    ids.begunMicros = in.readLong();
    var read = hashes(in);
    ids.size = read.length;
    ids.younger = Arrays.copyOf(read, Math.max(read.length, ids.younger.length));
    ids.older = hashes(in);
    return ids;
  }

  private static long[] hashes(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    if (count > MOST) {
      throw new IOException(count + " ids, at most " + MOST);
    }
    var hashes = new long[count];
    for (int n = 0; n < count; n++) {
      hashes[n] = in.readLong();
    }
    return hashes;
  }
}
