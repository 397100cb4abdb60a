package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.ParameterException;

class HalfsecondFuzzTest {
  private static final Surroundings AROUND =
      new Surroundings(
          new PrintWriter(new StringWriter()),
          new PrintWriter(new StringWriter()),
          false,
          Map.of(),
          new Stop());

  /// @param input a line for each argument
  @FuzzTest
  void should_parse_or_explain_any_arguments(byte[] input) {
    // given
    var arguments =
        new String(input, StandardCharsets.UTF_8)
            .lines()
            // Would be replaced by the content of a file of this machine.
            .filter(argument -> !argument.startsWith("@"))
            .toArray(String[]::new);

    // when
    try {
      var parsed = Halfsecond.commandLine(AROUND).parseArgs(arguments);

      // then
      assertThat(parsed.originalArgs()).containsExactly(arguments);
    } catch (ParameterException wrong) {
      assertThat(wrong).hasMessageMatching("(?s).+");
    }
  }
}
