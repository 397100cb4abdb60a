package io.halfsecond.collector.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reads files of /proc/PID with open, read and close, and makes no garbage: comm is read at every
/// exec on the host, and schedstat must be read before an exiting process is gone. A read takes
/// about 3 µs; through `java.nio.file` it takes 30.
///
/// Belongs to the thread that made it.
public final class SmallFileReader implements AutoCloseable {
  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int MAX_PATH = 256;

  private final Arena arena = Arena.ofConfined();
  private final Libc libc = new Libc(arena);
  private final MemorySegment path = arena.allocate(MAX_PATH);
  private final MemorySegment content;
  private final ByteBuffer view;
  private final int rootLength;

  /// @param root the proc file system, normally `/proc`
  /// @param bytes the most that is read of a file
  public SmallFileReader(String root, int bytes) {
    var name = (root + "/").getBytes(StandardCharsets.UTF_8);
    // Room for a pid, the longest file name used and the terminating zero.
    if (name.length > MAX_PATH - 32) {
      throw new IllegalArgumentException(
          "path longer than %d bytes: %s".formatted(MAX_PATH - 32, root));
    }
    MemorySegment.copy(name, 0, path, ValueLayout.JAVA_BYTE, 0, name.length);
    rootLength = name.length;
    content = arena.allocate(bytes);
    view = content.asByteBuffer();
  }

  /// Reads `root/pid/file`.
  ///
  /// @param file an ASCII name with a leading slash, for example `/comm`
  /// @return the content from 0 to its limit, valid until the next call; empty if it can't be read
  public ByteBuffer read(int pid, String file) {
    view.limit(0);
    if (pid <= 0) {
      return view;
    }
    int end = rootLength;
    int divisor = 1;
    while (pid / divisor >= 10) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      path.set(ValueLayout.JAVA_BYTE, end++, (byte) ('0' + pid / divisor % 10));
    }
    for (int i = 0; i < file.length(); i++) {
      path.set(ValueLayout.JAVA_BYTE, end++, (byte) file.charAt(i));
    }
    path.set(ValueLayout.JAVA_BYTE, end, (byte) 0);
    int fd = libc.open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
      return view;
    }
    try {
      long count = libc.read(fd, content, content.byteSize());
      if (count > 0) {
        view.limit((int) count);
      }
      return view;
    } finally {
      int ignored = libc.close(fd);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
