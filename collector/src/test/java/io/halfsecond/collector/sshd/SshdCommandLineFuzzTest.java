package io.halfsecond.collector.sshd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class SshdCommandLineFuzzTest {
  @FuzzTest
  void should_quote_the_command_line(byte[] input) {
    // given
    var cmdline = new String(input, StandardCharsets.UTF_8);

    // when
    var parsed = SshdCommandLine.parse(cmdline);

    // then
    var files = parsed.files();
    assertThat(cmdline)
        .contains(files.program().orElse(""))
        .contains(files.configuration().orElse(""));
    files.program().ifPresent(program -> assertThat(program).startsWith("/"));
    assertThat(parsed.invocation()).isNotNull();
    if (parsed.isListenerTitle()) {
      assertThat(cmdline).contains(" [listener] ");
    }
    assertThat(parsed.isListener() && parsed.arguments().isEmpty()).isFalse();
    assertThat(parsed.contains("")).isTrue();
  }
}
