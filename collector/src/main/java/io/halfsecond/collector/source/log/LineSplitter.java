package io.halfsecond.collector.source.log;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/// Cuts a stream of bytes into lines. Holds at most one line of bounded length.
///
/// Not safe for use by several threads.
final class LineSplitter {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Consumer<byte[]> onLine;
  private final Runnable onTooLong;
  private final byte[] pending;
  private int length;
  private boolean tooLong;
  private boolean skipping;

  /// @param maxBytes of a line, without its end
  /// @param onLine takes each line without its `\n` or `\r\n`
  /// @param onTooLong is called in place of a line that was longer
  LineSplitter(int maxBytes, Consumer<byte[]> onLine, Runnable onTooLong) {
    this.onLine = onLine;
    this.onTooLong = onTooLong;
    // One more for a \r before the end.
    pending = new byte[maxBytes + 1];
  }

  /// Reads a stream to its end.
  void feed(InputStream in) throws IOException {
    var buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      feed(buffer, count);
    }
  }

  void feed(byte[] bytes, int count) {
    int at = 0;
    while (at < count) {
      int end = at;
      while (end < count && bytes[end] != '\n') {
        end++;
      }
      int taken = Math.min(end - at, pending.length - length);
      System.arraycopy(bytes, at, pending, length, taken);
      length += taken;
      tooLong |= taken < end - at;
      if (end < count) {
        finish();
      }
      at = end + 1;
    }
  }

  private void finish() {
    int end = length > 0 && pending[length - 1] == '\r' ? length - 1 : length;
    boolean skip = skipping;
    boolean bounded = !tooLong && end < pending.length;
    byte[] line = Arrays.copyOf(pending, end);
    clear();
    if (skip) {
      return;
    }
    if (bounded) {
      onLine.accept(line);
    } else {
      onTooLong.run();
    }
  }

  /// Whether a line has begun and not ended.
  boolean isWithinLine() {
    return length > 0 || tooLong;
  }

  /// Drops the line that has begun.
  void clear() {
    length = 0;
    tooLong = false;
    skipping = false;
  }

  /// Ignores everything up to the start of the next line.
  void skipToNextLine() {
    clear();
    skipping = true;
  }
}
