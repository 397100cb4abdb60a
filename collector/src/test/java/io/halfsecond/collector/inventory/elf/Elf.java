package io.halfsecond.collector.inventory.elf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Writes the smallest ELF files that say what a test wants: a header, three program headers, a
/// note, names and a dynamic section.
record Elf(
    boolean wide,
    ByteOrder order,
    String soname,
    List<String> needed,
    String rpath,
    String runpath,
    String buildId) {
  private static final long ADDRESS = 0x10000;

  static Elf library(String soname, List<String> needed, String buildId) {
    return new Elf(true, ByteOrder.LITTLE_ENDIAN, soname, needed, "", "", buildId);
  }

  ByteBuffer bytes() {
    var names = new ByteArrayOutputStream();
    names.write(0);
    var dynamic = new ArrayList<long[]>();
    needed.forEach(name -> dynamic.add(new long[] {1, add(names, name)}));
    if (!soname.isEmpty()) {
      dynamic.add(new long[] {14, add(names, soname)});
    }
    if (!rpath.isEmpty()) {
      dynamic.add(new long[] {15, add(names, rpath)});
    }
    if (!runpath.isEmpty()) {
      dynamic.add(new long[] {29, add(names, runpath)});
    }
    int header = wide ? 64 : 52;
    int each = wide ? 56 : 32;
    int word = wide ? 8 : 4;
    byte[] id = HexFormat.of().parseHex(buildId);
    int noteAt = header + 3 * each;
    int namesAt = noteAt + 16 + id.length;
    int dynamicAt = namesAt + names.size();
    dynamic.add(new long[] {5, ADDRESS + namesAt});
    dynamic.add(new long[] {10, names.size()});
    dynamic.add(new long[] {0, 0});
    int size = dynamicAt + dynamic.size() * 2 * word;
    var file = ByteBuffer.allocate(size).order(order);
    file.put(
        new byte[] {
          0x7f,
          'E',
          'L',
          'F',
          (byte) (wide ? 2 : 1),
          (byte) (order.equals(ByteOrder.LITTLE_ENDIAN) ? 1 : 2),
          1
        });
    file.putShort(16, (short) 3);
    if (wide) {
      file.putLong(32, header);
    } else {
      file.putInt(28, header);
    }
    file.putShort(wide ? 54 : 42, (short) each).putShort(wide ? 56 : 44, (short) 3);
    segment(file, header, 1, 0, size);
    segment(file, header + each, 4, noteAt, 16 + id.length);
    segment(file, header + 2 * each, 2, dynamicAt, size - dynamicAt);
    file.position(noteAt);
    file.putInt(4)
        .putInt(id.length)
        .putInt(3)
        .put("GNU\0".getBytes(StandardCharsets.US_ASCII))
        .put(id);
    file.put(names.toByteArray());
    for (var entry : dynamic) {
      for (long value : entry) {
        if (wide) {
          file.putLong(value);
        } else {
          file.putInt((int) value);
        }
      }
    }
    return file.rewind();
  }

  private void segment(ByteBuffer file, int at, int type, int offset, int length) {
    file.putInt(at, type);
    if (wide) {
      file.putLong(at + 8, offset)
          .putLong(at + 16, ADDRESS + offset)
          .putLong(at + 32, length)
          .putLong(at + 48, 4);
    } else {
      file.putInt(at + 4, offset)
          .putInt(at + 8, (int) ADDRESS + offset)
          .putInt(at + 16, length)
          .putInt(at + 28, 4);
    }
  }

  private static long add(ByteArrayOutputStream names, String name) {
    long at = names.size();
    names.writeBytes((name + "\0").getBytes(StandardCharsets.UTF_8));
    return at;
  }

  /// Bytes in memory as a file.
  record InMemory(ByteBuffer bytes) implements RandomAccess {
    @Override
    public long size() {
      return bytes.limit();
    }

    @Override
    public void read(long offset, ByteBuffer into) {
      int length = (int) Math.min(into.remaining(), Math.max(0, bytes.limit() - offset));
      into.put(bytes.slice((int) offset, length));
    }
  }
}
