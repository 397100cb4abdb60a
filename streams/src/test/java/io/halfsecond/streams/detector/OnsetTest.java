package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where the onset of a shift is placed.
class OnsetTest {
  /// The change lies between the last sample before it and the first one after it. The window must
  /// cover that interval.
  @ParameterizedTest
  @CsvSource({"500, 0.10, 3", "50, 0.05, 120", "50, 0.10, 360"})
  void should_report_between_which_samples_the_change_lies(
      int shiftMillis, double deadZone, int widest) {
    int covered = 0;
    int repetitions = 60;
    var widths = new ArrayList<Integer>();
    for (int seed = 0; seed < repetitions; seed++) {
      var series =
          new Series(
              DetectorSettings.defaults(), Series.alone(new DeadZone(deadZone, 0), 0.2), seed);
      for (int i = 0; i < 3_000; i++) {
        series.observe(series.preauth()).pause(Duration.ofMinutes(1));
      }
      series.clear();
      var last = series.now.minus(Duration.ofMinutes(1));
      var first = series.now;
      while (series.steps.isEmpty()) {
        series.observe(series.preauth() + shiftMillis * 1e6).pause(Duration.ofMinutes(1)).advance();
      }
      var facts = series.steps.getFirst().facts();
      var notBefore = facts.onsetNotBefore().orElseThrow();
      if (!notBefore.isAfter(last) && !facts.onsetNotAfter().isBefore(first)) {
        covered++;
      }
      widths.add((int) Duration.between(notBefore, facts.onsetNotAfter()).toMinutes());
      assertThat(facts.onset()).isBetween(notBefore, facts.onsetNotAfter());
    }
    assertThat(covered).isGreaterThanOrEqualTo(55);
    widths.sort(null);
    assertThat(widths.get(repetitions / 2))
        .as("minutes between, at one login in each")
        .isLessThan(widest);
  }
}
