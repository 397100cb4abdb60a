package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LogTimesTest {
  private static final LogCalendar BERLIN =
      LogCalendar.of(ZoneId.of("Europe/Berlin"), Instant.parse("2026-11-21T10:14:04Z"));

  private static final LogCalendar LATER =
      LogCalendar.of(ZoneId.of("Etc/UTC"), Instant.parse("2027-11-21T10:14:04Z"));

  /// Lines with the same time, whose next words decide what it is.
  private static final List<String> ALIKE =
      List.of(
          "Nov 21 10:14:03 web-17 sshd[1]: text",
          "Nov 21 10:14:03 web-17 sshd[2]: text",
          "Nov 21 10:14:03 web-17",
          "Nov 21 10:14:03 web-18 sshd[1]: text",
          "Nov 21 10:14:03 2025 web-17 sshd[1]: text",
          "Nov 21 10:14:03 2025 sshd[1]: text",
          "Nov 21 10:14:03 CET web-17 sshd[1]: text",
          "Nov 21 10:14:03 CET sshd[1]: text",
          "Nov 21 10:14:03 UTC web-17 sshd[1]: text",
          "Nov 21 10:14:03 +0500 web-17 sshd[1]: text",
          "Nov 21 10:14:03.5 web-17 sshd[1]: text",
          "Nov 21 10:14:03 sshd[1]: text",
          "Nov 21 10:14:03 sshd: text",
          "Nov 21 10:14:03",
          "Nov 21 10:14:03 ",
          "Nov 21 10:14:04 web-17 sshd[1]: text",
          "nothing of the kind");

  @Test
  void should_read_what_is_read_without_the_line_before() throws IOException {
    // given
    var lines =
        Stream.concat(
                ALIKE.stream(),
                Corpus.read("frames/frames.txt", _ -> "").stream().map(Corpus.Case::line))
            .toList();

    for (var before : lines) {
      for (var line : lines) {
        for (var calendar : List.of(BERLIN, LATER)) {
          var times = new LogTimes();
          var _ = times.parse(before, BERLIN);

          // when
          var read = times.parse(line, calendar);

          // then
          assertThat(read).as(line).isEqualTo(LogTime.parse(line, calendar));
        }
      }
    }
  }
}
