package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.streams.histogram.Bins;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How soon an alert opens, and that it does not open without a reason.
class DetectionTest {
  /// Half a second on 8 ms, two logins per block of five seconds.
  @ParameterizedTest
  @ValueSource(ints = {250, 400})
  void should_open_within_ten_votes_when_startup_takes_half_a_second_longer(int learnt) {
    for (int seed = 0; seed < 200; seed++) {
      var series = Series.likeTheDemo(seed).learn(learnt);
      assertThat(series.steps).isEmpty();
      var times = new ArrayList<Instant>();

      while (series.steps.isEmpty() && times.size() < 100) {
        times.add(series.now);
        series.observe(series.startup() + 500e6).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.steps)
          .as("seed %d", seed)
          .hasExactlyElementsOfTypes(AlertStep.Opened.class, AlertStep.Confirmed.class);
      var facts = series.steps.getFirst().facts();
      assertThat(facts.direction()).isEqualTo(Direction.UP);
      assertThat(facts.votes()).isLessThanOrEqualTo(10);
      assertThat(facts.shift()).isCloseTo(500e6, Percentage.withPercentage(10));
      assertThat(facts.before().p50()).isCloseTo(8e6, Percentage.withPercentage(5));
      // A login just before the change that is slow by chance cannot be distinguished from it.
      assertThat(Duration.between(times.getFirst(), facts.onset()))
          .as("seed %d", seed)
          .isBetween(Duration.ofMillis(-800), Duration.ofMillis(2_400));
      assertThat(facts.preliminary()).isTrue();
      assertThat(facts.evidenceDays()).isGreaterThan(facts.limitDays());
    }
  }

  @Test
  void should_open_within_five_logins_when_a_mature_host_takes_half_a_second_longer() {
    int[] delays = new int[21];
    for (int seed = 0; seed < delays.length; seed++) {
      var series =
          new Series(DetectorSettings.defaults(), Series.alone(new DeadZone(0.10, 0), 1), seed);
      for (int i = 0; i < 20_000; i++) {
        series.observe(series.preauth()).pause(Duration.ofMinutes(1));
      }
      assertThat(series.steps).isEmpty();

      while (series.steps.isEmpty()) {
        series.observe(series.preauth() + 500e6).pause(Duration.ofMinutes(1)).advance();
        delays[seed]++;
      }
    }

    Arrays.sort(delays);
    assertThat(delays[delays.length / 2]).isLessThanOrEqualTo(5);
    assertThat(delays[delays.length - 1]).isLessThanOrEqualTo(8);
  }

  @Test
  void should_open_downwards_when_a_signal_gets_faster() {
    var series = Series.likeTheDemo(1);
    for (int i = 0; i < 400; i++) {
      series.observe(series.preauth()).pause(Duration.ofSeconds(1));
    }

    for (int i = 0; i < 60 && series.steps.isEmpty(); i++) {
      series.observe(series.preauth() / 10).pause(Duration.ofSeconds(5));
    }

    var facts = series.steps.getFirst().facts();
    assertThat(facts.direction()).isEqualTo(Direction.DOWN);
    assertThat(facts.shift()).isNegative();
    assertThat(facts.shiftLow()).isLessThan(facts.shift());
    assertThat(facts.shiftHigh()).isGreaterThan(facts.shift());
  }

  @Test
  void should_not_alarm_when_a_single_sample_is_a_million_times_slower() {
    var series = Series.likeTheDemo(6).learn(5_000);

    series.observe(8e12).pause(Duration.ofSeconds(5));
    series.learn(50);

    assertThat(series.steps).isEmpty();
  }

  @Test
  void should_stay_finite_when_values_are_zero_or_huge() {
    var series = Series.likeTheDemo(8);
    for (int i = 0; i < 3_000; i++) {
      series
          .observe(i % 3 == 0 ? 0 : i % 3 == 1 ? Double.MAX_VALUE : Double.MIN_VALUE)
          .pause(Duration.ofSeconds(i % 500 == 0 ? 4_000_000 : 1));
      assertThat(series.state.evidenceRatio(1)).isFinite().isNotNegative();
    }
    for (var step : series.steps) {
      assertThat(step.facts().shift()).isFinite();
    }
  }

  @Test
  void should_count_the_limit_in_days_of_the_false_alarm_budget() {
    var detector = new Detector(DetectorSettings.defaults());

    assertThat(detector.limitDays(Series.alone(DeadZone.NONE, 0.2)))
        .isCloseTo(1826.25, within(1e-9));
  }

  @Test
  void should_spread_a_budget_for_the_fleet_over_its_hosts() {
    var detector =
        new Detector(DetectorSettings.defaults().withBudget(new Budget.PerFleetDay(0.5)));
    var signal = new SignalSettings(Bins.WIDE, DeadZone.NONE, DeadZone.NONE, 0.2);

    double limit = detector.limitDays(new Context(signal, Optional.empty(), false, 500));

    // 500 keys at most every 1000 days each is half an alarm a day.
    assertThat(limit * 0.2).isCloseTo(1_000, within(1e-9));
  }

  private static final double LOG_MEDIAN = Math.log(8e6);

  private static Context sparse() {
    var shape =
        IntStream.rangeClosed(0, 64)
            .mapToObj(i -> 0.15 * Math.clamp(4.0 * (i - 32) / 32, -2.5, 2.5))
            .toList();
    return new Context(
        new SignalSettings(Bins.WIDE, new DeadZone(0.10, 0), new DeadZone(0.04, 0), 1),
        Optional.of(new Prior(LOG_MEDIAN, 0.1, shape)),
        false,
        1);
  }

  @Test
  void should_open_within_seven_logins_when_the_host_has_only_twenty_samples_of_its_own() {
    var delays = new ArrayList<Integer>();
    for (int seed = 0; seed < 51; seed++) {
      var series = new Series(DetectorSettings.defaults(), sparse(), seed);
      for (int i = 0; i < 20; i++) {
        series.observe(series.startup()).pause(Duration.ofMinutes(20));
      }
      int delay = 0;
      while (series.steps.isEmpty() && delay < 50) {
        series.observe(series.startup() + 500e6).pause(Duration.ofMinutes(20)).advance();
        delay++;
      }
      delays.add(delay);
    }

    delays.sort(null);
    assertThat(delays.get(25)).isLessThanOrEqualTo(7);
    assertThat(delays.get(48)).isLessThanOrEqualTo(13);
  }

  @Test
  void should_open_on_a_new_host_that_is_slower_than_the_others_from_its_first_login() {
    var series = new Series(DetectorSettings.defaults(), sparse(), 5);

    for (int i = 0; i < 30; i++) {
      series.observe(series.startup() + 500e6).pause(Duration.ofMinutes(20)).advance();
    }

    var facts = series.steps.getFirst().facts();
    assertThat(facts.before().p50()).isCloseTo(8e6, Percentage.withPercentage(5));
    assertThat(facts.after().p50()).isCloseTo(508e6, Percentage.withPercentage(3));
  }
}
