package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.event.SshdMessage.Authentication;
import io.halfsecond.collector.event.SshdMessage.Unknown;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SshdLogParserTest {
  private static final List<String> FILES =
      List.of(
          "corpus/openssh-6.6.txt",
          "corpus/openssh-7.4.txt",
          "corpus/openssh-8.0.txt",
          "corpus/openssh-9.2-verbose.txt",
          "corpus/openssh-9.2-info.txt",
          "corpus/openssh-9.8.txt",
          "corpus/openssh-10.5.txt",
          "corpus/kinds.txt",
          "corpus/hostile.txt");

  static Stream<Corpus.Case> cases() throws IOException {
    var cases = Stream.<Corpus.Case>empty();
    for (var file : FILES) {
      cases =
          Stream.concat(
              cases, Corpus.read(file, line -> SshdLogParser.parse(line).toString()).stream());
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void should_say_what_sshd_said_when_given_its_message(Corpus.Case expected) {
    // when
    var message = SshdLogParser.parse(expected.line());

    // then
    assertThat(message).hasToString(expected.expected());
  }

  @Test
  void should_find_the_true_client_when_names_and_key_ids_are_hostile() {
    // given
    var random = new Random(20240329);
    var bits =
        List.of(
            " from ",
            "1.2.3.4",
            " port 22",
            " ssh2",
            ": ",
            "RSA SHA256:abc",
            " ID ",
            " (serial 0)",
            "invalid user ",
            " [preauth]",
            "root",
            ", ",
            " ",
            "\"",
            ")");

    for (int round = 0; round < 20_000; round++) {
      String user = words(random, bits);
      String tail =
          switch (random.nextInt(3)) {
            case 0 -> "";
            case 1 -> ": ED25519 SHA256:def";
            default ->
                ": ED25519-CERT SHA256:def ID "
                    + words(random, bits)
                    + " (serial 1) CA RSA SHA256:ghi";
          };
      var line =
          "Failed publickey for invalid user " + user + " from 192.0.2.66 port 6666 ssh2" + tail;

      // when
      var message = SshdLogParser.parse(line);

      // then
      if (!(message instanceof Unknown)) {
        assertThat(message)
            .as(line)
            .isEqualTo(
                new Authentication(
                    AuthResult.FAILED,
                    "publickey",
                    user,
                    true,
                    "192.0.2.66",
                    6666,
                    tail.isEmpty() ? Optional.empty() : Optional.of("SHA256:def")));
      }
      assertThat(tail.contains("-CERT") || !(message instanceof Unknown)).as(line).isTrue();
    }
  }

  @Test
  void should_return_something_when_a_true_line_is_damaged() throws IOException {
    // given
    var random = new Random(3094);
    var lines = cases().map(Corpus.Case::line).toList();

    for (int round = 0; round < 50_000; round++) {
      var line = new StringBuilder(lines.get(random.nextInt(lines.size())));
      line.setLength(random.nextInt(line.length() + 1));
      if (!line.isEmpty()) {
        line.setCharAt(random.nextInt(line.length()), (char) random.nextInt(0x10000));
      }

      // when
      SshdMessage message = SshdLogParser.parse(line.toString());

      // then
      assertThat(message).isNotNull();
    }
  }

  @Test
  void should_refuse_a_message_when_it_is_longer_than_any_of_sshd() {
    // given
    var line = "Invalid user " + "x".repeat(SshdLogParser.MAX_CHARS) + " from 1.2.3.4 port 22";

    // when
    var message = SshdLogParser.parse(line);

    // then
    assertThat(message).isEqualTo(new Unknown());
  }

  private static String words(Random random, List<String> bits) {
    var words = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      words.append(bits.get(random.nextInt(bits.size())));
    }
    return words.toString();
  }
}
