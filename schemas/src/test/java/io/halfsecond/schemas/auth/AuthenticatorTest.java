package io.halfsecond.schemas.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.auth.Authenticator.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);
  private static final String TOPIC = "ssh.auth-timing";
  private static final byte[] VALUE = "a measurement".getBytes(UTF_8);

  @TempDir private Path directory = Path.of("");
  private Path file = Path.of("");
  private Instant now = Instant.EPOCH;
  private final List<String> problems = new ArrayList<>();

  @BeforeEach
  void addSecret() throws IOException {
    file = directory.resolve("fleet.secrets");
    FleetSecrets.addTo(file, TODAY, new SecureRandom());
  }

  private void write(String text) throws IOException {
    SecretFile.replace(file, text.getBytes(UTF_8));
  }

  private Sealer sealer(Role role, String name) throws IOException {
    var key = FleetSecrets.read(file).issue(role, name);
    return new KeySealer(() -> key);
  }

  private Authenticator authenticator() throws IOException {
    return new Authenticator(new Reloaded<>(file, FleetSecrets::read, () -> now, problems::add));
  }

  private static String secret(int bytes) {
    return Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  @Test
  void should_take_what_the_host_has_sealed_and_nothing_else() throws IOException {
    // given
    var code = sealer(Role.HOST, "web-17").seal(TOPIC, "web-17", VALUE);
    var authenticator = authenticator();

    // then
    assertThat(authenticator.host("web-17", code, TOPIC, "web-17", VALUE)).isEqualTo(Answer.RIGHT);
    assertThat(authenticator.host("web-18", code, TOPIC, "web-18", VALUE)).isEqualTo(Answer.WRONG);
    assertThat(authenticator.host("web-17", code, "ssh.session-cpu", "web-17", VALUE))
        .isEqualTo(Answer.WRONG);
    assertThat(authenticator.host("web-17", code, TOPIC, "web-1", VALUE)).isEqualTo(Answer.WRONG);
    assertThat(authenticator.host("web-17", code, TOPIC, "web-17", new byte[] {1}))
        .isEqualTo(Answer.WRONG);
    assertThat(authenticator.host("web-17", null, TOPIC, "web-17", VALUE))
        .isEqualTo(Answer.MISSING);
  }

  @Test
  void should_take_the_code_of_a_record_that_was_copied_to_topics_of_another_prefix()
      throws IOException {
    var code = sealer(Role.HOST, "web-17").seal(TOPIC, "web-17", VALUE);
    var authenticator = authenticator();

    for (var copied : List.of("ssh2.auth-timing", "of-production-auth-timing", "auth-timing")) {
      assertThat(authenticator.host("web-17", code, copied, "web-17", VALUE))
          .isEqualTo(Answer.RIGHT);
    }
  }

  @Test
  void should_take_no_code_in_which_a_bit_was_changed_or_that_was_cut() throws IOException {
    byte[] code = sealer(Role.HOST, "web-17").seal(TOPIC, "web-17", VALUE);
    var authenticator = authenticator();

    for (int bit = 0; bit < code.length * 8; bit++) {
      byte[] changed = code.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(authenticator.host("web-17", changed, TOPIC, "web-17", VALUE))
          .as("bit %d", bit)
          .isNotIn(Answer.RIGHT, Answer.MISSING);
    }
    for (int length = 0; length < code.length; length++) {
      assertThat(authenticator.host("web-17", Arrays.copyOf(code, length), TOPIC, "web-17", VALUE))
          .isEqualTo(Answer.UNREADABLE);
    }
  }

  @Test
  void should_not_move_a_character_from_one_part_to_the_next() throws IOException {
    var authenticator = authenticator();
    var code = sealer(Role.HOST, "ab").seal("topic", "ab", VALUE);

    assertThat(authenticator.host("ab", code, "topica", "b", VALUE)).isEqualTo(Answer.WRONG);
    // The same characters in role and name, split elsewhere, would give the same key.
    assertThat(keyOf(Role.HOST, "a")).isNotEqualTo(keyOf(Role.DECIDER, "a"));
  }

  private String keyOf(Role role, String name) throws IOException {
    return new String(FleetSecrets.read(file).issue(role, name).toFile(), UTF_8)
        .lines()
        .filter(line -> line.startsWith("key "))
        .collect(Collectors.joining());
  }

  @Test
  void should_derive_the_key_that_hkdf_gives() throws IOException {
    // HKDF-SHA256 of 32 zero bytes, salt "halfsecond", info 00000004 "host" 00000006 "web-17", by
    // the steps of RFC 5869, section 2, with Python's hmac.
    write("first " + secret(32) + "\n");

    assertThat(keyOf(Role.HOST, "web-17"))
        .isEqualTo("key " + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(KEY)));
  }

  private static final String KEY =
      "585b9d5aae98f1b6d39bdfcec53cf78682bbd5dcc949a57f5bbd41147b8fd0d4";

  @Test
  void should_tell_deciders_from_hosts_and_from_each_other() throws IOException {
    // given
    var topic = "ssh.control";
    var ofDecider = sealer(Role.DECIDER, "alice").seal(topic, "web-17", VALUE);
    var ofHost = sealer(Role.HOST, "web-17").seal(topic, "web-17", VALUE);
    var authenticator = authenticator();

    // then
    for (var who : List.of("alice", "alice@bastion")) {
      assertThat(authenticator.decider(who, ofDecider, topic, "web-17", VALUE))
          .isEqualTo(Answer.RIGHT);
    }
    for (var who : List.of("bob@bastion", "alicette@bastion", "", "bob@alice")) {
      assertThat(authenticator.decider(who, ofDecider, topic, "web-17", VALUE))
          .isEqualTo(Answer.WRONG);
    }
    assertThat(authenticator.decider("web-17", ofHost, topic, "web-17", VALUE))
        .isEqualTo(Answer.WRONG);
    assertThat(authenticator.host("alice", ofDecider, topic, "web-17", VALUE))
        .isEqualTo(Answer.WRONG);
  }

  @Test
  void should_take_the_codes_of_both_secrets_while_they_are_replaced() throws IOException {
    // given
    var authenticator = authenticator();
    var before = sealer(Role.HOST, "web-17").seal(TOPIC, "web-17", VALUE);
    assertThat(authenticator.host("web-17", before, TOPIC, "web-17", VALUE))
        .isEqualTo(Answer.RIGHT);

    // when
    FleetSecrets.addTo(file, TODAY.plusYears(1), new SecureRandom());
    var after = sealer(Role.HOST, "web-17").seal(TOPIC, "web-17", VALUE);

    // then
    assertThat(authenticator.host("web-17", after, TOPIC, "web-17", VALUE))
        .as("the file is not looked at for a few seconds")
        .isEqualTo(Answer.UNKNOWN_KEY);
    now = now.plus(Reloaded.EVERY);
    assertThat(authenticator.host("web-17", after, TOPIC, "web-17", VALUE)).isEqualTo(Answer.RIGHT);
    assertThat(authenticator.host("web-17", before, TOPIC, "web-17", VALUE))
        .isEqualTo(Answer.RIGHT);

    // when
    write(SecretFile.text(file).lines().findFirst().orElseThrow() + "\n");
    now = now.plus(Reloaded.EVERY);

    // then
    assertThat(authenticator.host("web-17", after, TOPIC, "web-17", VALUE)).isEqualTo(Answer.RIGHT);
    assertThat(authenticator.host("web-17", before, TOPIC, "web-17", VALUE))
        .isEqualTo(Answer.UNKNOWN_KEY);
    assertThat(problems).isEmpty();
  }

  @Test
  void should_keep_the_secrets_and_say_so_once_when_the_file_cannot_be_used_any_more()
      throws IOException {
    // given
    var authenticator = authenticator();
    var code = sealer(Role.HOST, "web-17").seal(TOPIC, "web-17", VALUE);

    // when
    Files.delete(file);
    for (int i = 0; i < 3; i++) {
      now = now.plus(Reloaded.EVERY);
      assertThat(authenticator.host("web-17", code, TOPIC, "web-17", VALUE))
          .isEqualTo(Answer.RIGHT);
    }

    // then
    assertThat(problems).singleElement().asString().contains(file.toString(), "stays in effect");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "first | a line must be",
        "first %s third | a line must be",
        "-x %s | a line must be",
        "first !!! | not Base64",
        "first aHVzaA== | has 4 bytes, at least 32",
        "'' | has no secret",
        "# none | has no secret"
      })
  void should_refuse_a_bad_file_and_never_show_a_secret(String text, String reason)
      throws IOException {
    write(text.formatted(secret(32)));

    assertThatThrownBy(() -> FleetSecrets.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason)
        .hasMessageNotContaining(secret(32))
        .hasMessageNotContaining("aHVzaA");
  }

  @Test
  void should_refuse_an_id_that_is_there_twice() throws IOException {
    write("a %s\n# b\n\na %s\n".formatted(secret(32), secret(33)));

    assertThatThrownBy(() -> FleetSecrets.read(file)).hasMessageContaining(":4: the id a");
  }

  @Test
  void should_read_back_a_key_file_and_refuse_that_of_another() throws IOException {
    var issued = FleetSecrets.read(file).issue(Role.HOST, "web-17");
    var own = directory.resolve("key");
    SecretFile.create(own, issued.toFile());

    var read = AuthenticationKey.read(own);

    assertThat(read.toFile()).isEqualTo(issued.toFile());
    assertThat(read.require(own, Role.HOST, Optional.of("web-17"))).isSameAs(read);
    assertThatThrownBy(() -> read.require(own, Role.HOST, Optional.of("web-18")))
        .hasMessage(
            "%s is the key of the host web-17, and this is web-18; issue one with halfsecond enroll web-18"
                .formatted(own));
    assertThatThrownBy(() -> read.require(own, Role.DECIDER, Optional.empty()))
        .hasMessageContaining("is the key of the host web-17, not of a decider");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host web-17\nkey-id a\n",
        "host web-17\nkey-id a\nkey !!!\n",
        "host web-17\nkey-id a\nkey aHVzaA==\n",
        "host\nkey-id a\nkey aHVzaA==\n",
        "host größe\nkey-id a\nkey aHVzaA==\n",
        "host a\ndecider b\nkey-id a\nkey aHVzaA==\n"
      })
  void should_refuse_a_bad_key_file_without_showing_it(String text) throws IOException {
    write(text);

    assertThatThrownBy(() -> AuthenticationKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("aHVzaA");
  }

  @Test
  void should_show_no_secret_as_text() throws IOException {
    write("first " + secret(32) + "\n");
    var secrets = FleetSecrets.read(file);
    var key = secrets.issue(Role.HOST, "web-17");

    assertThat(secrets).hasToString("FleetSecrets[first]");
    assertThat(key).hasToString("key first of the host web-17");
    assertThat(new KeySealer(() -> key).toString()).doesNotContain(keyOf(Role.HOST, "web-17"));
  }
}
