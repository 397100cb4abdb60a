package io.halfsecond.collector.source.log;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads what `journalctl -o export` writes (systemd: Journal Export Format): an empty line ends an
/// entry; a field is `NAME=text` on a line or, if the value has other than plain text, its name on
/// a line, the length of the value as a 64-bit little-endian number, the value, and a line feed.
///
/// **Guarantees** it holds one entry at a time, and of it the fields of [JournalEntry].
///
/// Not safe for use by several threads.
final class JournalExport {
  /// DATA_SIZE_MAX in journal-importer.h: journald accepts no longer value, so a greater number is
  /// not a length.
  private static final long LONGEST_VALUE = 768L << 20;

  private static final int BUFFER_BYTES = 1 << 16;

  private final BufferedInputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private long lines;

  JournalExport(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
  }

  /// The line, from 1, where the next entry begins or that could not be read.
  long line() {
    return lines + 1;
  }

  /// @return the next entry's fields; empty at the end
  /// @throws IOException if the stream is not an export, or ends within an entry
  Optional<Map<String, String>> next() throws IOException {
    var fields = new HashMap<String, String>();
    var repeated = new HashSet<String>();
    boolean begun = false;
    while (readLine()) {
      if (line.size() > 0) {
        begun = true;
        readField(fields, repeated);
      } else if (begun) {
        fields.keySet().removeAll(repeated);
        return Optional.of(fields);
      }
    }
    if (begun) {
      throw cut();
    }
    return Optional.empty();
  }

  private void readField(Map<String, String> fields, Set<String> repeated) throws IOException {
    var text = line.toString(StandardCharsets.UTF_8);
    int equals = text.indexOf('=');
    var name = equals < 0 ? text : text.substring(0, equals);
    var value = equals < 0 ? readValue() : Optional.of(text.substring(equals + 1));
    boolean wanted =
        JournalEntry.FIELDS.contains(name)
            && value.filter(known -> known.length() <= JournalEntry.MAX_BYTES).isPresent();
    if (wanted && fields.put(name, value.get()) != null) {
      repeated.add(name);
    }
  }

  /// @return empty if it is too long
  private Optional<String> readValue() throws IOException {
    long length = ByteBuffer.wrap(exactly(Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > LONGEST_VALUE) {
      throw new IOException(
          "is no journal export: line %d has neither '=' nor a length after it".formatted(lines));
    }
    var value = Optional.<String>empty();
    if (length <= JournalEntry.MAX_BYTES) {
      var bytes = exactly((int) length);
      for (byte b : bytes) {
        lines += b == '\n' ? 1 : 0;
      }
      value = Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } else {
      skip(length);
    }
    if (in.read() != '\n') {
      throw new IOException(
          "is no journal export: the value that begins on line %d is not ended by a line feed"
              .formatted(lines));
    }
    lines++;
    return value;
  }

  private byte[] exactly(int count) throws IOException {
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw cut();
    }
    return bytes;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw cut();
    }
  }

  private static EOFException cut() {
    return new EOFException("ends within a journal entry");
  }

  /// Reads a line into [#line], cut at the bound.
  ///
  /// @return whether there was a line
  private boolean readLine() throws IOException {
    line.reset();
    int b = in.read();
    if (b < 0) {
      return false;
    }
    for (; b != '\n'; b = in.read()) {
      if (b < 0) {
        throw cut();
      }
      if (line.size() <= JournalEntry.MAX_BYTES) {
        line.write(b);
      }
    }
    lines++;
    return true;
  }
}
