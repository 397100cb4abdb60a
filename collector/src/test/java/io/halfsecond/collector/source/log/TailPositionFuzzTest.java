package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class TailPositionFuzzTest {
  @FuzzTest
  void should_write_what_it_has_read(byte[] input) {
    // when
    var position = TailPosition.fromText(new String(input, StandardCharsets.UTF_8));

    // then
    position.ifPresent(
        read -> {
          assertThat(read.headLength()).isBetween(0, TailPosition.MAX_HEAD);
          assertThat(read.offset()).isGreaterThanOrEqualTo(read.headLength());
          assertThat(TailPosition.fromText(read.toText())).contains(read);
        });
  }
}
