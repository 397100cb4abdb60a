package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.shift;
import static io.halfsecond.streams.Logins.LEARNED;
import static io.halfsecond.streams.Logins.SHIFTED;
import static io.halfsecond.streams.Logins.minute;
import static io.halfsecond.streams.Logins.noisy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.streams.alert.FindingView;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Measurements of the active probe.
class ProbeTopologyTest {
  @TempDir private Path stateDirectory;

  /// Banner latency, the minimum of five: 8 ms ± 2 %.
  private static ProbeTiming.Builder round(int n) {
    var random = new SplittableRandom(n);
    return probe(n, minute(n).plusSeconds(7))
        .setBannerNanos((long) (8 * MILLI * Math.exp(0.02 * random.nextGaussian())))
        .setKexNanos(noisy(10, random))
        .setAuthNanos(noisy(30, random))
        .setStartupNanos(noisy(9, random));
  }

  @Test
  void should_find_a_shift_of_five_milliseconds_within_26_probes() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      for (int n = 0; n < LEARNED; n++) {
        harness.send(round(n));
      }
      assertThat(harness.alerts()).isEmpty();

      // when
      for (int n = LEARNED; n < LEARNED + 26; n++) {
        var slower = round(n);
        harness.send(slower.setBannerNanos(slower.getBannerNanos() + 5 * MILLI));
      }

      // then: confirmed, although all probes have the same source
      var alerts = harness.alerts();
      assertThat(alerts).extracting(FindingView::signal).containsOnly("probe-banner");
      assertThat(alerts)
          .extracting(Alert::getState)
          .startsWith(AlertState.OPENED, AlertState.CONFIRMED);
      assertThat(alerts.getFirst())
          .satisfies(
              alert -> {
                assertThat(FindingView.stratum(alert)).isEqualTo("all");
                assertThat(shift(alert).getPhase()).isEqualTo(Phase.STARTUP);
                assertThat(shift(alert).getShift()).isCloseTo(5.0 * MILLI, within(0.3 * MILLI));
                assertThat(alert.getOnset()).isEqualTo(round(LEARNED).getAt());
                assertThat(alert.getSummary())
                    .startsWith("web-17: sshd banner in the active probe 8.0 ms → 13 ms")
                    .contains(" probes");
              });
      assertThat(
              harness.scraped(
                  "halfsecond_signal_seconds{host=\"web-17\",quantile=\"0.5\",signal=\"probe-banner\",window=\"1m\"}"))
          .isCloseTo(0.013, within(0.001));
    }
  }

  @Test
  void should_not_measure_rounds_that_timed_out() {
    try (var harness = new Harness(stateDirectory)) {
      // given
      for (int n = 0; n < LEARNED; n++) {
        harness.send(round(n));
      }

      // when
      for (int n = LEARNED; n < LEARNED + SHIFTED; n++) {
        harness.send(
            round(n)
                .setOutcome(ProbeOutcome.TIMED_OUT)
                .setBanners(0)
                .clearBannerNanos()
                .clearKexNanos()
                .clearAuthNanos()
                .clearStartupNanos());
      }

      // then
      assertThat(harness.alerts()).isEmpty();
      assertThat(harness.scraped("halfsecond_measurements_total{signal=\"probe-banner\"}"))
          .isEqualTo(LEARNED);
    }
  }
}
