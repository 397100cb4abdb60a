package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.time.ZoneOffset;

class LogFormatFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:14:04Z");

  @FuzzTest
  void should_not_quote_a_file_of_another_format(byte[] input) {
    // when
    var head = LogFormat.of(input, LogCalendar.of(ZoneOffset.UTC, NOW));
    var shape = LogFormat.shapeOf(input);

    // then
    head.ifPresent(known -> assertThat(known.format()).isNotNull());
    assertThat(shape).hasSizeLessThanOrEqualTo(60).matches("[ -/0:-@Aa\\[-`{-~]*");
  }
}
