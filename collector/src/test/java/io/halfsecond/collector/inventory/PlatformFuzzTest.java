package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class PlatformFuzzTest {
  @FuzzTest
  void should_quote_one_line_of_cpuinfo(byte[] input) {
    // given
    var cpuinfo = new String(input, StandardCharsets.UTF_8);

    // when
    var model = Platform.cpuModel(cpuinfo);

    // then
    assertThat(cpuinfo).contains(model);
    assertThat(model).doesNotContain("\n");
  }
}
