package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.source.SourceMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownMessagesTest {
  private final UnknownMessages unknown = new UnknownMessages();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          Connection from 192.0.2.1 port 50000 entered penalty box   | Connection from * port 0 entered penalty *
          Failed password for invalid user alice from 2001:db8::1 port 50000 ssh3 | Failed password for invalid user * from * port 0 *
          Failed password for invalid user port from dead::beef port 1   | Failed password for invalid user * from * port 0
          Failed password for password from bad::add port 1          | Failed password for * from * port 0
          Login of user  support from server, password               | Login of user * from * password
          error: PAM: user hunter2 has 3 failures left               | error: PAM: user * has 0 failures left
          Bad protocol version identification 'GET / HTTP/1.1' from 192.0.2.1 port 1 | Bad protocol version identification * from * port 0
          Bad protocol version identification 'password for user from 192.0.2.1 | Bad protocol version identification *
          Bad packet length 1349676916.                              | Bad packet length 0.
          pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=gw.example.org  user=alice | pam_unix(sshd:auth): authentication failure; logname= uid=* euid=* tty=* ruser= rhost=* user=*
          pam_evil(sshd:auth): alice                                 | *
          pam_unix(sshd:alice): session opened                       | * session opened
          Accepted key ED25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU found at /home/alice/.ssh/authorized_keys:1 | Accepted key * found at *
          rexec of /usr/sbin/sshd failed: No such file or directory  | rexec of * failed: No such file or directory
          session opened for user alice by (uid=0)                   | session opened for user * by uid=*
          login by root on 192.0.2.1                                 | login by * on *
          Müller \\303\\244 ((((alice!!!! ;;;;;; ~'~                | *
          """)
  void should_keep_only_words_of_sshds_own(String message, String shown) {
    assertThat(Redaction.of(message)).isEqualTo(shown);
  }

  @Test
  void should_never_show_a_word_that_is_not_in_the_list() {
    // given
    var random = new Random(5);
    var words = List.of("for", "user", "from", "Failed", "port", "'", "\"", "x", "in", "uid=");

    for (int round = 0; round < 20_000; round++) {
      var message = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        message.append(words.get(random.nextInt(words.size())));
        message.append(random.nextBoolean() ? " " : "");
        message.append(random.nextInt(3) == 0 ? "s3cr3t" : random.nextInt(3) == 0 ? "alice" : "");
        message.append(" ,:;()=[]'".charAt(random.nextInt(10)));
      }

      // when
      var shown = Redaction.of(message.toString());

      // then
      assertThat(shown).as(message.toString()).doesNotContain("s3cr3t", "alice", "3");
    }
  }

  @Test
  void should_take_a_long_message_in_one_go_and_cut_it() {
    assertThat(Redaction.of("error: ".repeat(1_000)).length()).isLessThan(200);
    assertThat(Redaction.of("x".repeat(8_192))).isEqualTo("*");
    assertThat(Redaction.of("")).isEmpty();
    assertThat(Redaction.of("    ")).isEmpty();
  }

  @Test
  void should_count_by_template_and_give_the_most_frequent_first() {
    // when
    for (var user : List.of("alice", "bob", "carol")) {
      unknown.add("Failed telepathy for " + user + " from 192.0.2.1 port 1");
    }
    unknown.add("error: too many thoughts");
    unknown.add("error: too few thoughts");
    unknown.add("error: too few thoughts again");

    // then
    assertThat(unknown.count()).isEqualTo(6);
    assertThat(unknown.templates()).isEqualTo(3);
    assertThat(unknown.mostFrequent(2))
        .containsExactly(
            new UnknownMessages.Template("Failed * for * from * port 0", 3),
            new UnknownMessages.Template("error: too *", 2));
  }

  @Test
  void should_keep_a_bounded_number_of_templates_and_count_all_messages() {
    // given: templates without end, as free text can make them
    var words = List.of("a", "address", "after", "all", "and", "as", "at", "be", "by", "can");

    // when
    for (int i = 0; i < 10_000; i++) {
      unknown.add(
          words.get(i % 10)
              + " "
              + words.get(i / 10 % 10)
              + " "
              + words.get(i / 100 % 10)
              + " "
              + words.get(i / 1000));
    }

    // then
    assertThat(unknown.count()).isEqualTo(10_000);
    assertThat(unknown.templates()).isEqualTo(1_001);
    assertThat(unknown.mostFrequent(10)).hasSize(10);
  }

  @Test
  void should_be_told_of_a_message_that_no_template_fits_and_of_no_other() {
    // given: the parser says so of what it is given in this test
    var told = new ArrayList<String>();
    var intake =
        new LogIntake(
            new SourceMeter(),
            _ -> true,
            text -> text.startsWith("Failed") ? new SshdMessage.Unknown() : new SshdMessage.Other(),
            told::add);

    // when
    intake.take(1, 2, " Failed telepathy for alice");
    intake.take(1, 2, "Close session");
    intake.take(1, 2, "debug1: Failed");

    // then
    assertThat(told).containsExactly("Failed telepathy for alice");
  }
}
