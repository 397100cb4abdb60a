package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectMainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void should_take_the_options_of_the_command_in_both_forms() {
    var arguments =
        CollectMain.Arguments.of(
            List.of("collect", "-c", "/a.yaml", "--set", "host=x=y", "--bootstrap-servers=b:1"));

    assertThat(arguments.file()).contains(Path.of("/a.yaml"));
    assertThat(arguments.set()).isEqualTo(Map.of("host", "x=y", "kafka.bootstrap.servers", "b:1"));
  }

  /// Every option of the command is one of the small main's too.
  @Test
  void should_know_every_option_of_the_command() {
    var around =
        new Surroundings(new PrintWriter(out), new PrintWriter(err), false, Map.of(), new Stop());
    var command =
        Objects.requireNonNull(Halfsecond.commandLine(around).getSubcommands().get("collect"));

    assertThat(command.getCommandSpec().options())
        .filteredOn(option -> !option.usageHelp() && !option.versionHelp())
        .flatExtracting(option -> List.of(option.names()))
        .allSatisfy(
            name ->
                assertThat(CollectMain.Arguments.of(List.of("collect", name, "a=b")).toString())
                    .contains("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "collect --no", "collect -s", "collect -s host", ""})
  void should_refuse_what_it_does_not_know(String line) {
    assertThat(run(line)).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("Usage: halfsecond collect");
  }

  @Test
  void should_help() {
    assertThat(run("collect --help")).isEqualTo(ExitStatus.DONE);
    assertThat(out.toString()).startsWith("Usage: halfsecond collect");
  }

  @Test
  void should_name_a_wrong_key_as_the_command_does() {
    assertThat(run("collect -s collector.no-such=1")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString())
        .startsWith("halfsecond: command line: collector.no-such: no such key");
  }

  private int run(String line) {
    return CollectMain.execute(
        List.of(line.split(" ", -1)),
        Map.of(),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        new Stop());
  }
}
