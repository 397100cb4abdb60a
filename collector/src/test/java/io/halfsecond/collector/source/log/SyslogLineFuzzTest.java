package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

class SyslogLineFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  @FuzzTest
  void should_leave_the_end_of_the_line(byte[] input) {
    // given
    var line = new String(input, StandardCharsets.UTF_8);

    // when
    var framed = SyslogLine.parse(line, LogCalendar.of(ZONE, NOW));

    // then
    framed.ifPresent(
        syslog -> {
          assertThat(line).endsWith(syslog.text()).contains(syslog.program());
          assertThat(line).contains(syslog.host().orElse(""));
          syslog.pid().ifPresent(pid -> assertThat(pid).isNotNegative());
          syslog.at().ifPresent(at -> new MonotonicTime(() -> NOW, () -> 0).nanosOf(at));
          // A time with a year may be any, and years and seconds since the epoch have four digits.
          boolean withoutYear = !line.matches("(?s).*\\d{4}.*");
          if (withoutYear) {
            syslog.at().ifPresent(at -> assertThat(at).isBefore(NOW.plus(Duration.ofDays(2))));
          }
        });
  }
}
