package io.halfsecond.collector.inventory.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class MappingFuzzTest {
  @FuzzTest
  void should_give_each_file_of_the_map_once(byte[] input) {
    // given
    var maps = new String(input, StandardCharsets.UTF_8);

    // when
    var mappings = Mapping.executable(maps);

    // then
    for (var mapping : mappings) {
      assertThat(mapping.path()).startsWith("/");
      assertThat(maps).contains(mapping.path(), mapping.device());
      assertThat(mapping.inode()).isPositive();
    }
    assertThat(mappings.stream().map(mapping -> mapping.device() + " " + mapping.inode()))
        .doesNotHaveDuplicates();
  }
}
