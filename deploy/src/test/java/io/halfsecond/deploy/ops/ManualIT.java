package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.cli.Halfsecond;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// The completion and the manual in the packages.
class ManualIT {
  private static final Path DIRECTORY = Packages.DIRECTORY.resolve("root/halfsecond/usr/share");
  private static final Path OF_COLLECTOR =
      Packages.DIRECTORY.resolve("root/halfsecond-collector/usr/share");

  @BeforeAll
  static void makePackages() {
    Packages.make();
  }

  private static Stream<CommandLine> commands(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(ManualIT::commands));
  }

  @Test
  void should_have_a_page_for_every_command_that_names_every_option() throws Exception {
    for (var command : Halfsecond.commandLines().stream().flatMap(ManualIT::commands).toList()) {
      var spec = command.getCommandSpec();
      var root = spec.root().name().equals("halfsecond") ? DIRECTORY : OF_COLLECTOR;
      var page = Files.readString(root.resolve("man/man1/" + spec.qualifiedName("-") + ".1"));
      for (var option : spec.options()) {
        assertThat(page).contains(option.longestName().replace("-", "\\-"));
      }
    }
  }

  @Test
  void should_be_roff_without_a_fault() throws Exception {
    try (var pages = Files.list(DIRECTORY.resolve("man/man1"));
        var ofCollector = Files.list(OF_COLLECTOR.resolve("man/man1"))) {
      for (var page : Stream.concat(pages, ofCollector).toList()) {
        for (var said :
            List.of(
                Tool.require("mandoc", "mandoc")
                    .run(DIRECTORY, Map.of(), "-Tlint", page.toString()),
                Tool.require("man", "man-db")
                    .run(
                        DIRECTORY,
                        Map.of("LC_ALL", "C.UTF-8", "MANROFFSEQ", ""),
                        "--warnings",
                        "-E",
                        "UTF-8",
                        "-Tutf8",
                        "-Z",
                        "-l",
                        page.toString()))) {
          assertThat(said.status()).as(said.output()).isZero();
          assertThat(said.output()).doesNotContain("mandoc:", "warning:", "error:");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "halfsecond|, 'alerts,topics,enroll'",
    "halfsecond do|, doctor",
    "halfsecond topics|, 'plan,apply,copy'",
    "halfsecond simulate|, verify",
    "halfsecond alerts --o|, --open",
    "halfsecond topics apply --acl|, --acls",
  })
  void should_complete_in_a_real_bash(String line, String expected) {
    var typed = line.replace("|", line.contains("--") || line.contains("do|") ? "" : " ");
    var result =
        Tool.require("bash", "bash")
            .run(
                DIRECTORY,
                Map.of("TYPED", typed),
                "--norc",
                "-c",
                """
                . ./bash-completion/completions/halfsecond
                read -r -a COMP_WORDS <<<"$TYPED"
                [[ $TYPED != *' ' ]] || COMP_WORDS+=('')
                COMP_LINE=$TYPED COMP_POINT=${#TYPED} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                function=$(complete -p halfsecond | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
                "$function" halfsecond "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """);

    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output().lines().map(String::strip)).contains(expected.split(","));
  }
}
