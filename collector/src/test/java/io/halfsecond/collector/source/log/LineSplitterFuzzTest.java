package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class LineSplitterFuzzTest {
  private static final int MAX_BYTES = 8;
  private static final String TOO_LONG = "too long, so no line";

  @FuzzTest
  void should_give_the_same_lines_when_the_bytes_come_one_by_one(byte[] input) {
    // given
    var whole = new ArrayList<String>();
    var parts = new ArrayList<String>();
    var splitter = into(parts);

    // when
    into(whole).feed(input, input.length);
    for (byte b : input) {
      splitter.feed(new byte[] {b}, 1);
    }

    // then
    assertThat(parts).isEqualTo(whole);
    int ends = 0;
    for (byte b : input) {
      ends += b == '\n' ? 1 : 0;
    }
    assertThat(whole).hasSize(ends);
    for (var line : whole) {
      assertThat(line.equals(TOO_LONG) || line.length() <= MAX_BYTES).isTrue();
    }
    assertThat(splitter.isWithinLine())
        .isEqualTo(input.length > 0 && input[input.length - 1] != '\n');
  }

  private static LineSplitter into(List<String> lines) {
    return new LineSplitter(
        MAX_BYTES,
        line -> lines.add(new String(line, StandardCharsets.ISO_8859_1)),
        () -> lines.add(TOO_LONG));
  }
}
