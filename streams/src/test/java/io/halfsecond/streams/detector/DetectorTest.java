package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorTest {
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

      assertThat(series.steps).as("seed %d", seed).singleElement().isInstanceOf(AlertStep.Opened.class);
      var facts = series.steps.getFirst().facts();
      assertThat(facts.direction()).isEqualTo(Direction.UP);
      assertThat(facts.votes()).isLessThanOrEqualTo(10);
      assertThat(facts.shift()).isCloseTo(500e6, Percentage.withPercentage(10));
      assertThat(facts.before().p50()).isCloseTo(8e6, Percentage.withPercentage(5));
      // A slow login by chance just before the change is part of it as far as anyone can tell.
      assertThat(Duration.between(times.getFirst(), facts.onset())).as("seed %d", seed)
        .isBetween(Duration.ofMillis(-800), Duration.ofMillis(2_400));
      assertThat(facts.preliminary()).isTrue();
      assertThat(facts.evidenceDays()).isGreaterThan(facts.limitDays());
    }
  }

  @Test
  void should_open_within_five_logins_when_a_mature_host_takes_half_a_second_longer() {
    int[] delays = new int[21];
    for (int seed = 0; seed < delays.length; seed++) {
      var series = new Series(DetectorSettings.defaults(), new SignalSettings(0, 0.2), seed);
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
  void should_update_then_resolve_then_open_again_when_the_shift_goes_and_returns() {
    var series = Series.likeTheDemo(3).learn(300);
    for (int incident = 0; incident < 2; incident++) {
      series.steps.clear();
      shifted(series, 120);
      assertThat(series.state.alertOpen()).isTrue();
      long baseline = series.state.baselineCount();

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.state.alertOpen()).isFalse();
      assertThat(series.state.baselineCount()).isGreaterThan(baseline);
      assertThat(series.steps.getFirst()).isInstanceOf(AlertStep.Opened.class);
      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Resolved.class);
      assertThat(series.steps).extracting(step -> step.facts().revision())
        .containsExactlyElementsOf(IntStream.range(0, series.steps.size()).boxed().toList());
      assertThat(series.steps).extracting(step -> step.facts().openedBy()).containsOnly(
        series.steps.getFirst().facts().openedBy());
      // Doubling: from about 14 at the opening to 120, three times.
      assertThat(series.steps).hasSizeBetween(4, 7);
      var last = series.steps.getLast().facts();
      assertThat(last.connections()).isBetween(118L, 123L);
      assertThat(last.preliminary()).isFalse();
      assertThat(last.shiftLow()).isLessThan(500e6);
      assertThat(last.shiftHigh()).isGreaterThan(495e6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 8, 50})
  void should_resolve_however_few_connections_were_shifted(int afterOpening) {
    for (int seed = 0; seed < 20; seed++) {
      var series = Series.likeTheDemo(seed).learn(400);
      while (!series.state.alertOpen()) {
        shifted(series, 1);
      }
      shifted(series, afterOpening);

      for (int i = 0; i < 60 && series.state.alertOpen(); i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.state.alertOpen()).as("seed %d", seed).isFalse();
      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Resolved.class);
    }
  }

  @Test
  void should_let_a_straggler_vote_with_the_next_block_when_its_own_is_closed() {
    var detector = new Detector(DetectorSettings.defaults());
    var signal = new SignalSettings(0, 1);
    var state = KeyState.fresh();
    var start = Instant.parse("2024-03-29T12:00:00Z");
    detector.observe(state, signal, new Sample("a", start.plusSeconds(10), 8e6));
    detector.advance(state, signal, start.plusSeconds(60));

    detector.observe(state, signal, new Sample("straggler", start.plusSeconds(20), 8e6));
    detector.advance(state, signal, start.plusSeconds(60));

    assertThat(state.block.total()).as("still waiting for the end of the next block").isEqualTo(1);
  }

  @Test
  void should_stay_open_when_the_signal_comes_back_only_half_way() {
    var series = Series.likeTheDemo(4).learn(300);
    shifted(series, 50);

    for (int i = 0; i < 100; i++) {
      series.observe(series.startup() + 250e6).pause(Duration.ofMillis(2_400));
    }

    assertThat(series.state.alertOpen()).isTrue();
  }

  @Test
  void should_update_every_hour_only_when_there_are_new_connections() {
    var series = Series.likeTheDemo(5).learn(300);
    shifted(series, 100);
    series.pause(Duration.ofMinutes(1)).advance();
    series.steps.clear();

    series.pause(Duration.ofHours(3)).advance();
    assertThat(series.steps).isEmpty();
    series.observe(series.startup() + 500e6).pause(Duration.ofSeconds(5)).advance();

    assertThat(series.steps).singleElement().isInstanceOf(AlertStep.Updated.class);
  }

  @Test
  void should_not_alarm_when_a_single_sample_is_a_million_times_slower() {
    var series = Series.likeTheDemo(6).learn(5_000);

    series.observe(8e12).pause(Duration.ofSeconds(5));
    series.learn(50);

    assertThat(series.steps).isEmpty();
  }

  @Test
  void should_give_a_block_one_vote_when_a_late_sample_arrives() {
    var series = Series.likeTheDemo(7).learn(300);
    shifted(series, 30);
    long votes = series.steps.getLast().facts().votes();
    long connections = series.steps.getLast().facts().connections();

    assertThat(votes).isLessThan(connections);
    series.now = series.now.minusSeconds(3_600);
    series.steps.clear();
    for (int i = 0; i < 100; i++) {
      series.observe(series.startup() + 500e6);
    }

    assertThat(series.steps).isEmpty();
    series.now = series.now.plusSeconds(3_700);
    series.advance();
    assertThat(series.steps.getLast().facts().connections()).isGreaterThanOrEqualTo(connections + 100);
  }

  @Test
  void should_stay_finite_when_values_are_zero_or_huge() {
    var series = Series.likeTheDemo(8);
    for (int i = 0; i < 3_000; i++) {
      series.observe(i % 3 == 0 ? 0 : i % 3 == 1 ? Double.MAX_VALUE : Double.MIN_VALUE)
        .pause(Duration.ofSeconds(i % 500 == 0 ? 4_000_000 : 1));
      assertThat(series.state.evidenceDays()).isFinite().isNotNegative();
    }
    for (var step : series.steps) {
      assertThat(step.facts().shift()).isFinite();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void should_name_the_value_when_it_is_no_measurement(double nanos) {
    assertThatThrownBy(() -> new Sample("c1", Series.START, nanos))
      .isInstanceOf(IllegalArgumentException.class)
      .hasMessage("sample c1: a measurement must be finite and at least 0 ns, not " + nanos);
  }

  @Test
  void should_count_the_limit_in_days_of_the_false_alarm_budget() {
    var detector = new Detector(DetectorSettings.defaults());

    assertThat(detector.limitDays(new SignalSettings(0, 0.2))).isCloseTo(1826.25, within(1e-9));
  }

  @Test
  void should_give_the_same_bits_when_replayed_through_bytes() {
    var straight = Series.likeTheDemo(9);
    var stored = Series.likeTheDemo(9);
    for (var series : List.of(straight, stored)) {
      for (int i = 0; i < 900; i++) {
        boolean slow = i > 300 && i < 500;
        series.observe(series.startup() + (slow ? 500e6 : 0))
          .pause(Duration.ofMillis(100 + series.random.nextInt(2_000)));
        if (series == stored) {
          series.state = KeyState.fromBytes(series.state.toBytes());
        }
      }
    }

    assertThat(straight.steps).hasSizeGreaterThan(2);
    assertThat(stored.steps).isEqualTo(straight.steps);
    assertThat(stored.state.toBytes()).isEqualTo(straight.state.toBytes());
  }

  private static void shifted(Series series, int count) {
    for (int i = 0; i < count; i++) {
      series.observe(series.startup() + 500e6).pause(Duration.ofMillis(2_400));
    }
  }
}
