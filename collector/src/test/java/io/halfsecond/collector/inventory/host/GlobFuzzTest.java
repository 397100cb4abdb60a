package io.halfsecond.collector.inventory.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class GlobFuzzTest {
  /// @param input a pattern, a slash and a name
  @FuzzTest
  void should_match_what_the_pattern_says(byte[] input) {
    // given
    var words = new String(input, StandardCharsets.UTF_8).split("/", 2);
    var pattern = words[0];
    var name = words.length == 2 ? words[1] : "";

    // when
    boolean matches = Glob.matches(pattern, name);

    // then
    if (pattern.chars().noneMatch(c -> "*?[\\".indexOf(c) >= 0)) {
      assertThat(matches).isEqualTo(pattern.equals(name));
    }
    assertThat(Glob.matches(name.replaceAll("[*?\\[\\\\]", "\\\\$0"), name)).isTrue();
    if (matches) {
      assertThat(Glob.matches("*" + pattern, "before" + name)).isTrue();
      assertThat(Glob.matches("?" + pattern, "x" + name)).isTrue();
    }
  }
}
