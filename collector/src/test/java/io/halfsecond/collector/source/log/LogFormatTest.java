package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogFormatTest {
  private static final LogCalendar CALENDAR =
      LogCalendar.of(ZoneOffset.UTC, Instant.parse("2026-01-04T06:25:01Z"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Dec 31 23:59:58 web-17 sshd[1]: text                                  | SYSLOG | 2025-12-31T23:59:58Z
          2026-01-03T12:00:00.250000+01:00 web-17 sshd[1]: text                 | SYSLOG | 2026-01-03T11:00:00.250Z
          <38>1 2024-03-29T12:04:10.123Z host sshd 123 - - text                 | SYSLOG | 2024-03-29T12:04:10.123Z
          the rest of a line~Jan  3 12:00:00 web-17 sshd[1]: text               | SYSLOG | 2026-01-03T12:00:00Z
          {"__CURSOR":"s","_BOOT_ID":"b","__MONOTONIC_TIMESTAMP":"1","__REALTIME_TIMESTAMP":"1767438000250000"} | JOURNAL_JSON | 2026-01-03T11:00:00.250Z
          __CURSOR=s~__REALTIME_TIMESTAMP=1767438000250000~                     | JOURNAL_EXPORT | 2026-01-03T11:00:00.250Z
          """)
  void should_tell_the_form_and_the_first_time_when_it_sees_the_beginning(
      String head, LogFormat format, Instant firstAt) {
    assertThat(LogFormat.of(bytes(head.replace('~', '\n')), CALENDAR))
        .contains(new LogFormat.Head(format, Optional.of(firstAt)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "LPKSHHRH\u0000\u0001",
        "root:x:0:0:root",
        "{\"log\":\"line\"}",
        "Server listening on 0.0.0.0 port 22."
      })
  void should_not_know_the_form_of_anything_else(String head) {
    assertThat(LogFormat.of(bytes(head), CALENDAR)).isEmpty();
  }

  @Test
  void should_show_a_line_without_what_it_says() {
    assertThat(LogFormat.shapeOf(bytes("Mär 3 alice@10.1.2.3\u0007: Login\nmore")))
        .isEqualTo("Aaa 0 aaaaa@00.0.0.0?: Aaaaa");
    assertThat(LogFormat.shapeOf(bytes("x".repeat(1000)))).hasSize(60);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
