package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private static final int MAX_BYTES = 8;
  private static final String TEXT = "a\n\nab\r\n12345678\n12345678\r\n123456789\nx\ry\n\r\nlast";

  @Test
  void should_cut_the_same_lines_however_they_arrive() {
    var random = new Random(17);
    for (int run = 0; run < 200; run++) {
      // given
      var lines = new ArrayList<String>();
      var splitter =
          new LineSplitter(
              MAX_BYTES,
              line -> lines.add(new String(line, StandardCharsets.US_ASCII)),
              () -> lines.add("too long"));

      // when
      for (int at = 0; at < TEXT.length(); ) {
        int count = Math.min(1 + random.nextInt(12), TEXT.length() - at);
        splitter.feed(TEXT.substring(at, at + count).getBytes(StandardCharsets.US_ASCII), count);
        at += count;
      }

      // then
      assertThat(lines)
          .isEqualTo(List.of("a", "", "ab", "12345678", "12345678", "too long", "x\ry", ""));
      assertThat(splitter.isWithinLine()).isTrue();
    }
  }
}
