package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"", "collect ", "doctor ", "probe ", "spool ", "config "})
  void should_call_itself_in_help_as_it_is_called(String command) {
    assertThat(run((command + "--help").split(" "))).isEqualTo(ExitStatus.DONE);
    assertThat(out.toString())
        .startsWith("Usage: halfsecond-collector")
        .containsPattern("Example:\n  (sudo )?halfsecond-collector ");
  }

  @Test
  void should_say_where_the_other_parts_are_checked() {
    assertThat(run("doctor", "topology", "prometheus")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString())
        .startsWith(
            "this is the collector's own distribution: check topology and prometheus with"
                + " halfsecond doctor of the full one");
  }

  private int run(String... arguments) {
    return HostCommands.commandLine(
            new Surroundings(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                false,
                Map.of(),
                new Stop()))
        .execute(arguments);
  }
}
