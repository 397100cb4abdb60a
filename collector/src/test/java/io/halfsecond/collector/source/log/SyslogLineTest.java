package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyslogLineTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  static List<Corpus.Case> cases() throws IOException {
    return Corpus.read("frames/frames.txt", line -> parse(line, NOW, BERLIN).toString());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void should_take_the_frame_off_when_given_a_log_line(Corpus.Case expected) {
    // when
    var line = parse(expected.line(), NOW, BERLIN);

    // then
    assertThat(line).hasToString(expected.expected());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "Etc/UTC",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "America/New_York"
      })
  void should_give_the_time_back_when_a_line_is_read_within_minutes_of_being_written(String name) {
    // given
    var zone = ZoneId.of(name);
    var format = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT).withZone(zone);
    var random = new Random(8);
    for (int round = 0; round < 20_000; round++) {
      var written = Instant.ofEpochSecond(1_600_000_000L + random.nextInt(400_000_000));
      var read = written.plusSeconds(random.nextInt(300));

      // when
      var line = parse(format.format(written) + " host sshd[1]: x", read, zone);

      // then: up to five minutes late, except where the repeated hour makes the later reading
      // possible too
      var at = line.flatMap(SyslogLine::at).orElseThrow();
      boolean repeated =
          zone.getRules().getValidOffsets(written.atZone(zone).toLocalDateTime()).size() == 2;
      if (!repeated) {
        assertThat(at).isEqualTo(written);
      } else {
        assertThat(Duration.between(written, at)).isBetween(Duration.ZERO, Duration.ofHours(1));
        assertThat(at).isBeforeOrEqualTo(read);
      }
    }
  }

  @Test
  void should_put_a_line_into_the_old_year_when_it_is_read_after_midnight_of_new_year() {
    // given
    var read = Instant.parse("2027-01-01T00:00:01Z");

    // when
    var line = parse("Dec 31 23:59:59 host sshd[1]: x", read, ZoneId.of("Etc/UTC"));

    // then
    assertThat(line.flatMap(SyslogLine::at))
        .isEqualTo(Optional.of(Instant.parse("2026-12-31T23:59:59Z")));
  }

  @Test
  void should_put_a_line_into_the_new_year_when_the_logging_clock_is_a_second_ahead() {
    // given
    var read = Instant.parse("2026-12-31T23:59:59Z");

    // when
    var line = parse("Jan  1 00:00:00 host sshd[1]: x", read, ZoneId.of("Etc/UTC"));

    // then
    assertThat(line.flatMap(SyslogLine::at))
        .isEqualTo(Optional.of(Instant.parse("2027-01-01T00:00:00Z")));
  }

  @Test
  void should_tell_the_two_passes_of_a_repeated_hour_apart_when_lines_are_read_at_once() {
    // given
    var first = Instant.parse("2026-10-25T00:30:00Z");
    var second = Instant.parse("2026-10-25T01:30:00Z");
    var text = "Oct 25 02:30:00 host sshd[1]: x";

    // when
    var then = parse(text, first.plusMillis(200), BERLIN).flatMap(SyslogLine::at);
    var later = parse(text, second.plusMillis(200), BERLIN).flatMap(SyslogLine::at);

    // then
    assertThat(then).contains(first);
    assertThat(later).contains(second);
  }

  private static Optional<SyslogLine> parse(String line, Instant read, ZoneId zone) {
    return SyslogLine.parse(line, LogCalendar.of(zone, read));
  }
}
