package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.streams.detector.state.Micros;
import io.halfsecond.streams.histogram.Bins;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

      assertThat(series.steps)
          .as("seed %d", seed)
          .hasExactlyElementsOfTypes(AlertStep.Opened.class, AlertStep.Confirmed.class);
      var facts = series.steps.getFirst().facts();
      assertThat(facts.direction()).isEqualTo(Direction.UP);
      assertThat(facts.votes()).isLessThanOrEqualTo(10);
      assertThat(facts.shift()).isCloseTo(500e6, Percentage.withPercentage(10));
      assertThat(facts.before().p50()).isCloseTo(8e6, Percentage.withPercentage(5));
      // A slow login by chance just before the change is part of it as far as anyone can tell.
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

  /// The change comes between the last sample of before and the first one after it; the window has
  /// to reach over that.
  @ParameterizedTest
  @CsvSource({"500, 0.10, 3", "50, 0.05, 120", "50, 0.10, 360"})
  void should_say_between_which_samples_the_change_lies(
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
      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Transient.class);
      assertThat(series.steps)
          .extracting(step -> step.facts().openedAt())
          .containsOnly(series.steps.getFirst().facts().openedAt());
      // Doubling: from about 14 at the opening to 120, three times; and confirmed, once.
      assertThat(series.steps).hasSizeBetween(5, 8);
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
      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Transient.class);
    }
  }

  @Test
  void should_let_a_straggler_vote_with_the_next_block_when_its_own_is_closed() {
    var detector = new Detector(DetectorSettings.defaults());
    var context = Series.alone(DeadZone.NONE, 1);
    var state = KeyState.fresh();
    var start = Instant.parse("2024-03-29T12:00:00Z");
    detector.observe(state, context, new Sample("a", start.plusSeconds(10), 8e6, 0, 0));
    detector.advance(state, context, start.plusSeconds(60));

    detector.observe(state, context, new Sample("straggler", start.plusSeconds(20), 8e6, 0, 0));
    detector.advance(state, context, start.plusSeconds(60));

    assertThat(state.block.unscored.size() + state.block.scored.total()).as("still waiting for the end of the next block").isEqualTo(1);
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
    assertThat(series.steps.getLast().facts().connections())
        .isGreaterThanOrEqualTo(connections + 100);
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

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void should_name_the_value_when_it_is_no_measurement(double nanos) {
    assertThatThrownBy(() -> new Sample("c1", Series.START, nanos, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample c1: a measurement must be finite and at least 0, not " + nanos);
  }

  @Test
  void should_count_the_limit_in_days_of_the_false_alarm_budget() {
    var detector = new Detector(DetectorSettings.defaults());

    assertThat(detector.limitDays(Series.alone(DeadZone.NONE, 0.2)))
        .isCloseTo(1826.25, within(1e-9));
  }

  @Test
  void should_give_the_same_bits_when_replayed_through_bytes() {
    var straight = Series.likeTheDemo(9);
    var stored = Series.likeTheDemo(9);
    for (var series : List.of(straight, stored)) {
      for (int i = 0; i < 900; i++) {
        boolean slow = i > 300 && i < 500;
        series
            .observe(series.startup() + (slow ? 500e6 : 0))
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

  @Nested
  class Confirming {
    @Test
    void should_be_confirmed_at_once_when_three_blocks_and_two_sources_show_it() {
      var series = Series.likeTheDemo(1).learn(300);

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup() + 500e6, 1 + i % 2, 0).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.of(AlertStep.Confirmed.class))
          .singleElement()
          .satisfies(
              confirmed -> {
                assertThat(confirmed.facts().sources()).isEqualTo(2);
                assertThat(confirmed.facts().votes()).isGreaterThanOrEqualTo(3);
                assertThat(confirmed.facts().at()).isEqualTo(series.steps.getFirst().facts().at());
              });
    }

    @Test
    void should_wait_for_ten_blocks_when_all_comes_from_one_place() {
      var series = Series.likeTheDemo(1).learn(300);

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup() + 500e6, 7, 0).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.steps.getFirst().facts().votes()).isLessThan(10);
      assertThat(series.of(AlertStep.Confirmed.class))
          .singleElement()
          .satisfies(confirmed -> assertThat(confirmed.facts().votes()).isEqualTo(10));
    }
  }

  @Nested
  class Ending {
    @Test
    void should_have_been_transient_when_it_is_over_within_a_quarter_of_an_hour() {
      var series = Series.likeTheDemo(3).learn(300);
      shifted(series, 20);

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Transient.class);
      assertThat(series.of(AlertStep.Resolved.class)).isEmpty();
    }

    @Test
    void should_have_resolved_when_it_took_longer() {
      var series = Series.likeTheDemo(3).learn(300);
      shifted(series, 20);
      series.pause(Duration.ofMinutes(15));

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Resolved.class);
    }
  }

  @Nested
  class Deciding {
    @Test
    void should_take_what_was_accepted_for_the_baseline_from_then_on() {
      var series = Series.likeTheDemo(1).learn(300);
      shifted(series, 120);
      series.clear();

      var steps = series.detector.accept(series.state, series.context, series.now);

      assertThat(steps).singleElement().isInstanceOf(AlertStep.Acknowledged.class);
      assertThat(series.state.alertOpen()).isFalse();
      shifted(series, 300);
      assertThat(series.steps).isEmpty();
      for (int i = 0; i < 40; i++) {
        series.observe(series.startup() + 1_000e6).pause(Duration.ofMillis(2_400));
      }
      assertThat(series.steps.getFirst().facts().before().p50())
          .isCloseTo(508e6, Percentage.withPercentage(2));
    }

    @Test
    void should_go_back_to_the_baseline_of_before_when_an_acceptance_is_rolled_back() {
      var series = Series.likeTheDemo(1).learn(300);
      shifted(series, 120);
      var opened = series.steps.getFirst().facts();
      series.detector.accept(series.state, series.context, series.now);
      shifted(series, 50);
      series.store();
      assertThat(series.state.acceptedAlertOpenedAt()).contains(opened.openedAt());

      assertThat(series.detector.rollBack(series.state, series.context)).isTrue();

      series.clear();
      shifted(series, 20);
      assertThat(series.steps.getFirst()).isInstanceOf(AlertStep.Opened.class);
      assertThat(series.steps.getFirst().facts().before().p50())
          .isCloseTo(opened.before().p50(), Percentage.withPercentage(0.1));
      assertThat(series.detector.rollBack(series.state, series.context)).isFalse();
    }

    @Test
    void should_keep_baseline_and_alert_when_it_is_dismissed() {
      var series = Series.likeTheDemo(1).learn(300);
      shifted(series, 60);
      long baseline = series.state.baselineCount();

      var steps = series.detector.dismiss(series.state, series.context, series.now);

      assertThat(steps).singleElement().isInstanceOf(AlertStep.Acknowledged.class);
      assertThat(series.state.alertOpen()).isTrue();
      assertThat(series.state.baselineCount()).isEqualTo(baseline);
    }

    @Test
    void should_have_nothing_to_decide_when_no_alert_is_open() {
      var series = Series.likeTheDemo(1).learn(100);

      assertThat(series.detector.accept(series.state, series.context, series.now)).isEmpty();
      assertThat(series.detector.dismiss(series.state, series.context, series.now)).isEmpty();
      assertThat(series.detector.rollBack(series.state, series.context)).isFalse();
    }
  }

  @Nested
  class Creeping {
    /// Two weeks at a login every five minutes, of which one is committed.
    private static Series mature(boolean deseasonalised) {
      var signal = new SignalSettings(Bins.WIDE, new DeadZone(0.10, 0), new DeadZone(0.04, 0), 1);
      var settings =
          new DetectorSettings(
              new Budget.PerHostYear(1), Optional.empty(), Duration.ofDays(7), 2_000, 20_000);
      var series =
          new Series(settings, new Context(signal, Optional.empty(), deseasonalised, 1), 11);
      for (int i = 0; i < 4_032; i++) {
        series.observe(tight(series)).pause(Duration.ofMinutes(5));
      }
      assertThat(series.steps).isEmpty();
      return series;
    }

    private static double tight(Series series) {
      return 8e6 * Math.exp(0.05 * series.random.nextGaussian());
    }

    @Test
    void should_open_a_ticket_when_the_shift_is_too_small_for_a_page() {
      var series = mature(true);

      for (int i = 0; i < 500 && series.steps.isEmpty(); i++) {
        series.observe(1.08 * tight(series)).pause(Duration.ofMinutes(5));
      }

      assertThat(series.steps.getFirst().facts().tier()).isEqualTo(Tier.CREEP);
      assertThat(series.steps.getFirst().facts().shift())
          .isCloseTo(0.64e6, Percentage.withPercentage(25));
    }

    @Test
    void should_not_when_the_time_of_day_is_still_in_the_signal() {
      var series = mature(false);

      for (int i = 0; i < 500; i++) {
        series.observe(1.08 * tight(series)).pause(Duration.ofMinutes(5));
      }

      assertThat(series.steps).isEmpty();
    }

    @Test
    void should_become_a_page_when_the_shift_grows() {
      var series = mature(true);
      while (series.steps.isEmpty()) {
        series.observe(1.08 * tight(series)).pause(Duration.ofMinutes(5));
      }
      var opened = series.steps.getFirst().facts();
      series.clear();

      var grown = series.now;
      while (series.state.openShift != null && series.state.openShift.tier == Tier.CREEP) {
        series.observe(500e6 + tight(series)).pause(Duration.ofMinutes(5));
      }

      var escalated = series.of(AlertStep.Updated.class).getLast().facts();
      assertThat(escalated.tier()).isEqualTo(Tier.STEP);
      assertThat(escalated.openedAt()).isEqualTo(opened.openedAt());
      assertThat(escalated.onset()).isEqualTo(grown);
      assertThat(escalated.shift()).isCloseTo(500e6, Percentage.withPercentage(3));
    }

    @Test
    void should_notice_that_the_baseline_is_walked_away_in_small_steps() {
      var series = mature(true);
      double level = 1;

      // 0.15 % a day: over the quarantine less than the dead zone.
      for (int i = 0; i < 288 * 90 && series.steps.isEmpty(); i++) {
        level *= 1 + 0.0015 / 288;
        series.observe(level * tight(series)).pause(Duration.ofMinutes(5));
      }

      var facts = series.steps.getFirst().facts();
      assertThat(facts.tier()).isIn(Tier.CREEP, Tier.DRIFT);
      assertThat(level).isBetween(1.04, 1.16);
      assertThat(series.state.anchor).isNotNull();
    }
  }

  @Test
  void should_raise_a_ticket_when_the_baseline_drifts_where_creep_is_not_judged() {
    var signal = new SignalSettings(Bins.WIDE, new DeadZone(0.10, 0), new DeadZone(0.04, 0), 1);
    var settings =
        new DetectorSettings(
            new Budget.PerHostYear(1), Optional.empty(), Duration.ofDays(7), 2_000, 20_000);
    var series = new Series(settings, Context.alone(signal), 12);
    double level = 1;

    for (int i = 0; i < 288 * 120 && series.steps.isEmpty(); i++) {
      level *= 1 + 0.0015 / 288;
      series
          .observe(level * 8e6 * Math.exp(0.05 * series.random.nextGaussian()))
          .pause(Duration.ofMinutes(5));
    }

    var facts = series.steps.getFirst().facts();
    assertThat(facts.tier()).isEqualTo(Tier.DRIFT);
    assertThat(facts.direction()).isEqualTo(Direction.UP);
    assertThat(facts.after().p50() / facts.before().p50()).isBetween(1.06, 1.2);
    long committed = series.state.committed.total();
    for (int i = 0; i < 288 * 20; i++) {
      series
          .observe(level * 8e6 * Math.exp(0.05 * series.random.nextGaussian()))
          .pause(Duration.ofMinutes(5));
    }
    assertThat(series.state.committed.total()).as("frozen").isEqualTo(committed);
    assertThat(series.detector.accept(series.state, series.context, series.now)).hasSize(1);
    series.clear();
    for (int i = 0; i < 288 * 20; i++) {
      series
          .observe(level * 8e6 * Math.exp(0.05 * series.random.nextGaussian()))
          .pause(Duration.ofMinutes(5));
    }
    assertThat(series.steps).isEmpty();
  }

  @Nested
  class OfACohort {
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
    void should_open_within_seven_logins_when_only_twenty_are_known_of_the_host_itself() {
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
    void should_open_on_a_new_host_that_is_slower_than_the_others_from_its_first_login_on() {
      var series = new Series(DetectorSettings.defaults(), sparse(), 5);

      for (int i = 0; i < 30; i++) {
        series.observe(series.startup() + 500e6).pause(Duration.ofMinutes(20)).advance();
      }

      var facts = series.steps.getFirst().facts();
      assertThat(facts.before().p50()).isCloseTo(8e6, Percentage.withPercentage(5));
      assertThat(facts.after().p50()).isCloseTo(508e6, Percentage.withPercentage(3));
    }
  }

  @Test
  void should_vote_more_often_when_a_key_is_busy_all_the_time() {
    var series = new Series(DetectorSettings.defaults(), Series.alone(DeadZone.NONE, 1), 1);
    for (int i = 0; i < 60 * 60; i++) {
      series.observe(series.startup()).pause(Duration.ofSeconds(1));
    }

    assertThat(series.state.block.end - series.state.block.start).isEqualTo(Micros.MINUTE / 12);
  }

  @Test
  void should_not_when_a_burst_comes_every_ten_minutes() {
    var series = new Series(DetectorSettings.defaults(), Series.alone(DeadZone.NONE, 1), 1);
    for (int burst = 0; burst < 50; burst++) {
      for (int i = 0; i < 10; i++) {
        series.observe(series.startup()).pause(Duration.ofSeconds(1));
      }
      series.pause(Duration.ofSeconds(590));
    }
    series.observe(series.startup());

    assertThat(series.state.block.end - series.state.block.start).isEqualTo(Micros.MINUTE);
  }

  @Test
  void should_say_how_much_connections_waited_for_a_cpu_before_and_after() {
    var series = Series.likeTheDemo(1);
    for (int i = 0; i < 300; i++) {
      series.observe(series.startup(), 0, 0.04).pause(Duration.ofMillis(250));
    }

    for (int i = 0; i < 30; i++) {
      series.observe(series.startup() + 500e6, 0, 0.2).pause(Duration.ofMillis(2_400));
    }

    assertThat(series.steps.getFirst().facts().waitingBefore()).isCloseTo(0.04, within(0.01));
    assertThat(series.steps.getFirst().facts().waitingAfter()).isCloseTo(0.2, within(0.01));
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
}
