package io.halfsecond.schemas.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.schemas.auth.Authenticator.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/// The header of a record is written by whoever may write to the topic.
class AuthenticatorFuzzTest {
  private static final String TOPIC = "ssh.auth-timing";
  private static final String HOST = "web-17";
  private static final byte[] VALUE = {1, 2, 3};
  private static final FleetSecrets SECRETS = secrets();
  private static final byte[] RIGHT =
      new KeySealer(() -> SECRETS.issue(Role.HOST, HOST)).seal(TOPIC, HOST, VALUE);

  private static FleetSecrets secrets() {
    try {
      Path file = Files.createTempFile("fleet", ".secrets");
      var line = "first " + Base64.getEncoder().encodeToString(new byte[32]);
      SecretFile.replace(file, line.getBytes(StandardCharsets.UTF_8));
      var read = FleetSecrets.read(file);
      Files.delete(file);
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FuzzTest
  void should_take_nothing_but_a_right_code(byte[] header) {
    var authenticator = new Authenticator(() -> SECRETS);
    boolean right = Arrays.equals(header, RIGHT);

    assertThat(authenticator.host(HOST, header, TOPIC, HOST, VALUE) == Answer.RIGHT)
        .isEqualTo(right);
    assertThat(authenticator.decider(HOST, header, TOPIC, HOST, VALUE)).isNotEqualTo(Answer.RIGHT);
    RecordCode.fromHeader(header)
        .ifPresent(
            code -> {
              // Bytes beyond ASCII are shown as one sign, and match no id.
              assertThat(code.keyId().length()).isLessThan(256);
              assertThat(code.toHeader()).hasSameSizeAs(header);
            });
  }
}
