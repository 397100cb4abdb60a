package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalEntryTest {
  private static final String BOOT = "0123456789abcdef0123456789abcdef";
  private static final String FRAME =
      "\"__CURSOR\":\"s=1;i=2\",\"_BOOT_ID\":\""
          + BOOT
          + "\",\"__MONOTONIC_TIMESTAMP\":\"5001000\"";

  @Test
  void should_read_an_entry_when_the_message_is_text() {
    // when
    var entry =
        parse(
            "{"
                + FRAME
                + ",\"_PID\":\"100\",\"_UID\":\"0\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_COMM\":\"sshd\",\"MESSAGE\":\"Connection"
                + " from 127.0.0.1 port 5 on 127.0.0.1 port 22 rdomain \\\"\\\"\"}");

    // then
    assertThat(entry)
        .contains(
            new JournalEntry(
                "s=1;i=2",
                BOOT,
                5_001_000,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.of("sshd"),
                OptionalInt.of(100),
                OptionalInt.of(0),
                Optional.of("Connection from 127.0.0.1 port 5 on 127.0.0.1 port 22 rdomain \"\""),
                Optional.empty()));
  }

  @Test
  void should_read_bytes_as_text_when_the_message_is_not_clean() {
    // when
    var entry = parse("{" + FRAME + ",\"MESSAGE\":[73,110,255,1,195,169]}");

    // then
    assertThat(entry.flatMap(JournalEntry::message)).contains("In\uFFFD\u0001é");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[\"one\",\"two\"]",
        "[256]",
        "[-1]",
        "[1.5]",
        "[[1]]",
        "{\"a\":1}",
        "true"
      })
  void should_have_no_message_when_it_is_none_or_not_one(String value) {
    // when
    var entry = parse("{\"MESSAGE\":" + value + "," + FRAME + "}");

    // then
    assertThat(entry).isPresent();
    assertThat(entry.flatMap(JournalEntry::message)).isEmpty();
  }

  @Test
  void should_tell_what_journald_threw_away_when_journald_itself_says_so() {
    // given
    var fields =
        ",\"MESSAGE_ID\":\"a596d6fe7bfa4994828e72309e95d61e\",\"MESSAGE\":"
            + "\"Suppressed 12 messages from ssh.service\"";

    // when
    var own = parse("{" + FRAME + fields + ",\"_TRANSPORT\":\"driver\"}");
    var forged = parse("{" + FRAME + fields + ",\"_TRANSPORT\":\"syslog\"}");

    // then
    assertThat(own.flatMap(JournalEntry::suppression)).contains(new Suppression(12, "ssh.service"));
    assertThat(forged.flatMap(JournalEntry::suppression)).isEmpty();
  }

  @Test
  void should_believe_a_billion_at_most_when_journald_says_what_it_threw_away() {
    assertThat(Suppression.parse("Suppressed 999999999999999999 messages from ssh.service"))
        .contains(new Suppression(1_000_000_000, "ssh.service"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "\"x\"",
        "{}",
        "{\"MESSAGE\":\"x\"}",
        "nonsense",
        "{\"__CURSOR\":\"c\",\"_BOOT_ID\":\"b\",\"__MONOTONIC_TIMESTAMP\":\"-5\"}",
        "{\"__CURSOR\":\"c\",\"_BOOT_ID\":\"b\",\"__MONOTONIC_TIMESTAMP\":\"5\"} {}",
        "{\"__CURSOR\":\"c\",\"_BOOT_ID\":\"b\",\"__MONOTONIC_TIMESTAMP\":\"5\",\"MESSAGE\":[1,"
      })
  void should_be_absent_when_it_is_no_entry(String json) {
    assertThat(parse(json)).isEmpty();
  }

  private static Optional<JournalEntry> parse(String json) {
    return JournalEntry.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
