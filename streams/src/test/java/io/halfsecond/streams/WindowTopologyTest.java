package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.streams.processor.ShowWindows;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Metrics of windows and heartbeats.
class WindowTopologyTest {
  @TempDir private Path stateDirectory;

  private static final String MEDIAN =
      "halfsecond_signal_seconds{host=\"web-17\",quantile=\"0.5\",signal=\"startup\",window=\"%s\"}";

  @Test
  void should_show_the_last_complete_minute_and_forget_a_silent_host() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      for (int n = 0; n < 10; n++) {
        harness.send(auth(n, START.plusSeconds(n)));
      }
      assertThat(harness.scraped(MEDIAN.formatted("1m"))).isCloseTo(0.008, within(0.00008));

      // when
      harness.send(auth(10, START.plusSeconds(61)).setStartupNanos(508 * MILLI));
      harness.pass(ShowWindows.REFRESH);

      // then
      assertThat(harness.scraped(MEDIAN.formatted("1m"))).isCloseTo(0.008, within(0.00008));
      assertThat(
              harness.scraped(
                  "halfsecond_signal_connections{host=\"web-17\",signal=\"startup\",window=\"1m\"}"))
          .isEqualTo(10);
      assertThat(
              harness.scraped(
                  "halfsecond_signal_connections{host=\"web-17\",signal=\"startup\",window=\"5m\"}"))
          .isEqualTo(11);

      harness.pass(Duration.ofSeconds(60));
      assertThat(harness.scraped(MEDIAN.formatted("1m"))).isCloseTo(0.508, within(0.00508));

      harness.pass(Duration.ofSeconds(60));
      assertThat(harness.scraped(MEDIAN.formatted("1m"))).isNaN();
      assertThat(harness.scraped(MEDIAN.formatted("5m"))).isCloseTo(0.008, within(0.00008));

      harness.pass(Duration.ofMinutes(10));
      assertThat(harness.scraped(MEDIAN.formatted("5m"))).isNaN();
    }
  }

  @Test
  void should_show_the_last_heartbeat_and_the_number_of_missing_records() {
    try (var harness = new Harness(stateDirectory)) {
      harness.send(heartbeat(0, START));
      harness.send(heartbeat(4, START.plusSeconds(10)));
      harness.send(heartbeat(5, START.plusSeconds(200)));

      assertThat(
              harness.scraped("halfsecond_collector_heartbeat_timestamp_seconds{host=\"web-17\"}"))
          .isEqualTo((double) START.plusSeconds(200).getEpochSecond());
      assertThat(harness.scraped("halfsecond_lost_total{host=\"web-17\",reason=\"missing\"}"))
          .isEqualTo(3);
    }
  }
}
