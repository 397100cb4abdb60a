package io.halfsecond.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.source.log.LogCalendar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

class InputFuzzTest {
  private static final Instant NOW = Instant.parse("2026-01-04T06:25:01Z");

  /// A few kilobytes may unpack to megabytes; they are read piece by piece.
  private static final int MOST_READ = 1 << 20;

  @FuzzTest
  void should_lose_nothing_or_say_what_it_is_not(byte[] input) {
    var read = new AtomicLong();
    try {
      // when
      var known =
          Input.of("-", new ByteArrayInputStream(input), LogCalendar.of(ZoneOffset.UTC, NOW));
      byte[] content;
      try (var in = known.open(read::addAndGet)) {
        content = in.readNBytes(MOST_READ);
      }

      // then
      boolean packed = input.length > 1 && input[0] == 0x1f && input[1] == (byte) 0x8b;
      if (!packed) {
        assertThat(content).isEqualTo(input);
      }
      assertThat(read.get()).isLessThanOrEqualTo(input.length);
    } catch (IOException e) {
      // It is shown to the user, and the file may hold names.
      assertThat(String.valueOf(e.getMessage())).matches("[ -~]{1,300}");
    }
  }
}
