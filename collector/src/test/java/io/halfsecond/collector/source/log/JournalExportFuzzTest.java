package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class JournalExportFuzzTest {
  /// What was read, up to the end or to the error.
  private record Read(List<Map<String, String>> entries, boolean whole, long line) {}

  @FuzzTest
  void should_read_back_what_it_has_read(byte[] input) throws IOException {
    // when
    var read = read(new ByteArrayInputStream(input));

    // then
    int characters = 0;
    for (var entry : read.entries()) {
      assertThat(JournalEntry.FIELDS).containsAll(entry.keySet());
      characters += entry.values().stream().mapToInt(String::length).sum();
    }
    assertThat(characters).isLessThanOrEqualTo(input.length);
    assertThat(read.line()).isLessThanOrEqualTo(input.length + 1L);
    assertThat(read(byteByByte(input))).isEqualTo(read);
    assertThat(read(new ByteArrayInputStream(written(read.entries()))).entries())
        .isEqualTo(read.entries());
  }

  private static Read read(InputStream in) {
    var export = new JournalExport(in);
    var entries = new ArrayList<Map<String, String>>();
    try {
      for (var next = export.next(); next.isPresent(); next = export.next()) {
        entries.add(next.get());
      }
      return new Read(entries, true, export.line());
    } catch (IOException _) {
      return new Read(entries, false, export.line());
    }
  }

  private static InputStream byteByByte(byte[] input) {
    return new ByteArrayInputStream(input) {
      @Override
      public int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(1, length));
      }
    };
  }

  /// Every value in the form with a length. An entry has at least one line.
  private static byte[] written(List<Map<String, String>> entries) throws IOException {
    var out = new ByteArrayOutputStream();
    for (var entry : entries) {
      out.writeBytes("UNUSED=\n".getBytes(StandardCharsets.UTF_8));
      for (var field : entry.entrySet()) {
        byte[] value = field.getValue().getBytes(StandardCharsets.UTF_8);
        if (value.length > JournalEntry.MAX_BYTES) {
          // Replacement characters are longer than what they replace.
          return new byte[0];
        }
        out.writeBytes((field.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
        out.write(
            ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value.length)
                .array());
        out.write(value);
        out.write('\n');
      }
      out.write('\n');
    }
    return out.toByteArray();
  }
}
