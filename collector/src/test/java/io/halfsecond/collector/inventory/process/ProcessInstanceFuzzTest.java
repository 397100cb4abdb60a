package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

class ProcessInstanceFuzzTest {
  @FuzzTest
  void should_quote_the_line(byte[] input) {
    // given
    var stat = new String(input, StandardCharsets.ISO_8859_1);

    // when
    var process = ProcessInstance.parse(42, stat, OptionalLong.empty());

    // then
    process.ifPresent(found -> assertThat(stat).contains(found.code(), found.stack()));
  }
}
