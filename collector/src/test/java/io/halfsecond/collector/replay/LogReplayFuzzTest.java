package io.halfsecond.collector.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.stream.Stream;

class LogReplayFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");
  private static final AvroSerde<AuthTiming> SERDE = AvroSerde.of(AuthTiming.class);

  /// @param input the first byte chooses the format: j, e, or any other
  @FuzzTest
  void should_account_for_every_line(byte[] input) {
    // given
    var records = new ArrayList<AuthTiming>();
    var replay = new LogReplay(_ -> true, records::add);
    var format =
        switch (input.length == 0 ? 's' : input[0]) {
          case 'j' -> LogFormat.JOURNAL_JSON;
          case 'e' -> LogFormat.JOURNAL_EXPORT;
          default -> LogFormat.SYSLOG;
        };
    var content = new ByteArrayInputStream(input, 1, Math.max(0, input.length - 1));

    // when
    try {
      replay.read("log", format, content, LogCalendar.of(ZoneOffset.UTC, NOW));
    } catch (IOException cut) {
      assertThat(format).isEqualTo(LogFormat.JOURNAL_EXPORT);
      assertThat(cut).hasMessageMatching("ends within .*|is no journal export: .*");
    }
    replay.finish();

    // then
    var lines = replay.lines();
    long dropped = Stream.of(Reason.values()).mapToLong(lines::droppedCount).sum();
    assertThat(lines.readCount()).isEqualTo(lines.assembledCount() + dropped);
    assertThat(lines.readCount()).isLessThanOrEqualTo(input.length + 1L);
    assertThat(records).hasSizeLessThanOrEqualTo((int) lines.assembledCount());
    assertThat(replay.firstUnreadable().isPresent())
        .isEqualTo(lines.droppedCount(Reason.MALFORMED) > 0);
    for (var record : records) {
      assertThat(SERDE.decode(SERDE.encode(record))).isEqualTo(record);
    }
  }
}
