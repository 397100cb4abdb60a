package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.service.Stop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollCommandTest {
  @TempDir private Path directory = Path.of("");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(boolean terminal, String... arguments) {
    return Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true), new PrintWriter(err, true), terminal, Map.of(), new Stop()),
        arguments);
  }

  private Path secrets() {
    var file = directory.resolve("fleet.secrets");
    assertThat(run(false, "enroll", "--new-secret", file.toString())).isZero();
    return file;
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void should_issue_keys_from_the_newest_secret_and_never_print_a_secret() throws IOException {
    // given
    var secrets = secrets();
    var first = Files.readString(secrets);

    // when
    secrets();
    var key = directory.resolve("web-17.key");
    int status = run(false, "enroll", "web-17", "--secret-file=" + secrets, "--out=" + key);

    // then
    assertThat(status).isZero();
    assertThat(mode(secrets)).isEqualTo("rw-------");
    assertThat(mode(key)).isEqualTo("rw-------");
    assertThat(Files.readString(secrets)).endsWith(first).hasLineCount(2);
    var newest = Files.readString(secrets).split(" ", 2)[0];
    assertThat(Files.readAllLines(key)).startsWith("host web-17", "key-id " + newest).hasSize(3);
    for (var line : Files.readAllLines(secrets)) {
      assertThat(out.toString()).doesNotContain(line.split(" ", 2)[1]);
    }
    assertThat(out.toString()).doesNotContain(Files.readAllLines(key).get(2).split(" ", 2)[1]);
    assertThat(run(false, "enroll", "web-17", "--secret-file=" + secrets, "--out=" + key))
        .isEqualTo(1);
    assertThat(err.toString()).contains(key + " exists; remove it first");
  }

  @Test
  void should_write_a_key_to_a_pipe_and_not_to_a_terminal() {
    var secrets = secrets();

    assertThat(run(true, "enroll", "--decider=alice", "--secret-file=" + secrets)).isEqualTo(2);
    assertThat(err.toString()).contains("a key is not shown on a terminal");
    assertThat(out.toString()).doesNotContain("decider alice");

    assertThat(run(false, "enroll", "--decider=alice", "--secret-file=" + secrets)).isZero();
    assertThat(out.toString()).contains("decider alice\nkey-id ");
  }

  @Test
  void should_refuse_secrets_that_others_may_read() throws IOException {
    var secrets = secrets();
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(run(false, "enroll", "web-17", "--secret-file=" + secrets)).isEqualTo(1);
    assertThat(run(false, "enroll", "--new-secret=" + secrets)).isEqualTo(1);

    assertThat(err.toString()).contains("chmod 600 " + secrets);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "enroll",
        "enroll web-17",
        "enroll web-17 --decider=alice --secret-file=x",
        "enroll größe --secret-file=x",
        "enroll --new-secret=x --out=y"
      })
  void should_explain_wrong_usage(String line) {
    assertThat(run(false, line.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).isNotBlank();
  }
}
