package io.halfsecond.collector.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class DeclaredProgramsFuzzTest {

  @FuzzTest
  void should_name_only_what_the_line_has(byte[] input) {
    for (var line : new String(input, StandardCharsets.UTF_8).lines().toList()) {
      DeclaredPrograms.ofSshd(line)
          .ifPresent(program -> assertThat(line).contains(program).doesNotStartWith("#"));
      DeclaredPrograms.ofPam(line)
          .ifPresent(program -> assertThat(line).contains(program).contains("pam_exec.so"));
      DeclaredPrograms.included(line).ifPresent(service -> assertThat(line).contains(service));
      var _ = SshdLogLevels.isLess(line);
    }
  }
}
