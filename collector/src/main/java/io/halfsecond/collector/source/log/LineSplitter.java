package io.halfsecond.collector.source.log;

import java.util.Arrays;

/// Cuts a stream of bytes into lines, holding at most one line of bounded length.
///
/// Not safe for use by several threads.
final class LineSplitter {
  /// Takes what was cut.
  interface Lines {
    /// @param line without its `\n` or `\r\n`
    void line(byte[] line);

    /// A line was longer than the bound and is gone.
    void tooLong();
  }

  private final byte[] pending;
  private int length;
  private boolean tooLong;
  private boolean skipping;

  /// @param maxBytes of a line, without its end
  LineSplitter(int maxBytes) {
    // One more for the \r that may precede the end.
    pending = new byte[maxBytes + 1];
  }

  void feed(byte[] bytes, int count, Lines lines) {
    for (int i = 0; i < count; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        finish(lines);
      } else if (length < pending.length) {
        pending[length++] = b;
      } else {
        tooLong = true;
      }
    }
  }

  private void finish(Lines lines) {
    int end = length > 0 && pending[length - 1] == '\r' ? length - 1 : length;
    boolean skip = skipping;
    boolean bounded = !tooLong && end < pending.length;
    byte[] line = Arrays.copyOf(pending, end);
    clear();
    if (skip) {
      return;
    }
    if (bounded) {
      lines.line(line);
    } else {
      lines.tooLong();
    }
  }

  /// Whether a line has begun and not ended.
  boolean isWithinLine() {
    return length > 0 || tooLong;
  }

  /// Forgets the begun line.
  void clear() {
    length = 0;
    tooLong = false;
    skipping = false;
  }

  /// Ignores everything up to the next line's beginning.
  void skipToNextLine() {
    clear();
    skipping = true;
  }
}
