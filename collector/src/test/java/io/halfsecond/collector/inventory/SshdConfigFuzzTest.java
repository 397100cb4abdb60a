package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class SshdConfigFuzzTest {
  @FuzzTest
  void should_quote_the_line(byte[] input) {
    // given
    var line = new String(input, StandardCharsets.UTF_8);

    // when
    var patterns = SshdConfig.patterns(line);

    // then
    int characters = 0;
    for (var pattern : patterns) {
      assertThat(pattern).isNotEmpty();
      assertThat(line).contains(pattern);
      characters += pattern.length();
    }
    assertThat(characters).isLessThanOrEqualTo(line.length());
  }
}
