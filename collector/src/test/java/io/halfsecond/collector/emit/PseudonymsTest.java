package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PseudonymsTest {
  private static final byte[] KEY = new byte[32];

  @Test
  void should_make_the_same_of_a_name_whether_it_is_remembered_or_not() {
    var remembering = Pseudonyms.keyed(KEY, 2);
    var forgetful = Pseudonyms.keyed(KEY);

    assertThat(IntStream.range(0, 20).map(i -> i * i % 5).mapToObj(i -> "user" + i))
        .allSatisfy(
            name ->
                assertThat(remembering.of(name))
                    .isEqualTo(forgetful.of(name))
                    .hasValueSatisfying(text -> assertThat(text).matches("[0-9a-f]{16}")));
  }
}
