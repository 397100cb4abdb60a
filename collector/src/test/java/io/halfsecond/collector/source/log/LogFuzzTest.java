package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.Authentication;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// Coverage-guided when run with `JAZZER_FUZZ=1`; otherwise replays the committed inputs.
class LogFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  @FuzzTest
  void should_only_quote_the_line_when_it_parses_a_message(byte[] input) {
    // given
    var line = new String(input, StandardCharsets.UTF_8);

    // when
    SshdMessage message = SshdLogParser.parse(line);

    // then
    if (message
        instanceof Authentication(var _, var method, var user, var _, var address, var port)) {
      assertThat(line).contains(method, " " + user + " from " + address + " port ");
      assertThat(port).isBetween(0, 65535);
    }
  }

  @FuzzTest
  void should_leave_the_end_of_the_line_when_it_takes_off_a_frame(byte[] input) {
    // given
    var line = new String(input, StandardCharsets.UTF_8);

    // when
    var framed = SyslogLine.parse(line, LogCalendar.of(ZONE, NOW));

    // then
    framed.ifPresent(syslog -> assertThat(line).endsWith(syslog.text()).contains(syslog.program()));
    framed
        .flatMap(SyslogLine::at)
        .ifPresent(at -> new MonotonicTime(() -> NOW, () -> 0).nanosOf(at));
  }

  @FuzzTest
  void should_have_a_cursor_when_it_parses_a_journal_entry(byte[] input) {
    // when
    var entry = JournalEntry.parse(input);

    // then
    entry.ifPresent(e -> assertThat(e.monotonicMicros()).isNotNegative());
  }

  @FuzzTest
  void should_give_the_same_lines_when_the_bytes_come_one_by_one(byte[] input) {
    // given
    var whole = new ArrayList<String>();
    var parts = new ArrayList<String>();
    var splitter = into(parts);

    // when
    into(whole).feed(input, input.length);
    for (byte b : input) {
      splitter.feed(new byte[] {b}, 1);
    }

    // then
    assertThat(parts).isEqualTo(whole);
    assertThat(whole).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(8));
  }

  private static LineSplitter into(List<String> lines) {
    return new LineSplitter(
        8, line -> lines.add(new String(line, StandardCharsets.ISO_8859_1)), () -> lines.add(""));
  }
}
