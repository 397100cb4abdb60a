package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.service.Stop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Logs that give no measurement. Each cause has its own sentence, and what did not happen has
/// none.
class ReplayAdviceTest {
  private static final String ACCEPTED =
      "Accepted publickey for alice from 192.0.2.1 port 5 ssh2: ED25519 SHA256:x";
  private static final String BEGIN =
      "Connection from 192.0.2.1 port 5 on 192.0.2.9 port 22 rdomain \"\"";

  @TempDir private Path directory = Path.of("");

  private static String fine(String nanos, String host, String message) {
    return "2025-12-30T08:00:00.%s+00:00 %s sshd[7]: %s\n".formatted(nanos, host, message);
  }

  private static String coarse(String second, String message) {
    return "Dec 30 08:00:%s web-17 sshd[7]: %s\n".formatted(second, message);
  }

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(
            fine("100000", "größe-π", BEGIN) + fine("400000", "größe-π", ACCEPTED),
            List.of(
                "2 lines of a host that is empty or has no legal name, and cannot be judged:"
                    + " letters, digits, dots, hyphens and underscores are legal. The first is"
                    + " auth.log:1.")),
        Arguments.of(
            fine("400000", "web-17", ACCEPTED),
            List.of(
                "1 connection without a line that tells of the beginning, and so without a"
                    + " duration. LogLevel VERBOSE in sshd_config logs it.")),
        Arguments.of(
            coarse("01", BEGIN) + coarse("01", ACCEPTED),
            List.of(
                "1 connection began and ended within the same second, and the log has whole"
                    + " seconds. Let the log daemon write finer times (rsyslog:"
                    + " RSYSLOG_FileFormat).")),
        Arguments.of(
            fine("400000", "web-17", BEGIN) + fine("400000", "web-17", ACCEPTED),
            List.of(
                "1 connection with a single line, or several of the same time, and so without a"
                    + " duration.")),
        Arguments.of(
            fine("100000", "web-17", BEGIN),
            List.of(
                "1 connection without a line that says how the login ended: the last lines are in"
                    + " no file, or sshd's LogLevel is below INFO.")),
        Arguments.of(
            fine("100000", "web-17", BEGIN)
                + fine(
                    "200000",
                    "web-17",
                    "Did not receive identification string from 192.0.2.1 port 5"),
            List.of(
                "1 connection ended before a key exchange: scans and refused clients have no"
                    + " duration.")),
        Arguments.of(
            "Dec 30 08:00:00 web-17 sshd: " + ACCEPTED + "\n",
            List.of(
                "1 line of sshd without a pid (sshd -E), or not written by root, which belong to"
                    + " no connection. Let sshd log to syslog or the journal.")),
        Arguments.of(
            fine("100000", "web-17", "Server listening on 0.0.0.0 port 22."),
            List.of(
                "1 line of sshd about neither who connects nor how a login ends: sshd's LogLevel is"
                    + " below INFO, or the lines of logins are in another file.")),
        Arguments.of(
            "2030-12-30T08:00:00.1+00:00 web-17 sshd[7]: " + BEGIN + "\n",
            List.of(
                "1 line without a time, or with one that is later than the file's own. Copy logs"
                    + " with their times (cp -p). The first is auth.log:1.")),
        Arguments.of("Dec 30 08:00:00 web-17 CRON[1]: x\n", List.of("No line is one of sshd's.")),
        Arguments.of(
            fine("100000", "web-17", BEGIN) + fine("400000", "web-17", ACCEPTED), List.of()));
  }

  @ParameterizedTest
  @MethodSource
  void causes(String log, List<String> expected) throws IOException {
    assertThat(advice(log)).containsExactlyElementsOf(expected);
  }

  @Test
  void should_say_that_the_lines_are_of_another_host() throws IOException {
    assertThat(
            advice(
                fine("100000", "web-17", BEGIN) + fine("400000", "web-17", ACCEPTED),
                "--host",
                "db-1"))
        .containsExactly("The lines are of other hosts than those that --host names.");
  }

  /// The lines of the summary that are neither figures nor accounts.
  private List<String> advice(String log, String... options) throws IOException {
    var file = Files.writeString(directory.resolve("auth.log"), log);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2025-12-30T09:00:00Z")));
    var out = new StringWriter();
    var words = new ArrayList<>(List.of("replay"));
    words.addAll(List.of(options));
    words.add(file.toString());
    Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true),
            new PrintWriter(new StringWriter(), true),
            false,
            Map.of(),
            new Stop()),
        words.toArray(String[]::new));
    return out.toString()
        .replace(directory + "/", "")
        .lines()
        .filter(
            line ->
                !line.matches(
                    "(Read|Left out|Measurements|Alerts|The log lines have times|Nothing was"
                        + " found).*"))
        .toList();
  }
}
