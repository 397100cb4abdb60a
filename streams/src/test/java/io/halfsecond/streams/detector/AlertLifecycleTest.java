package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How an alert is confirmed, updated, decided and ended.
class AlertLifecycleTest {
  @Test
  void should_update_then_resolve_then_open_again_when_the_shift_goes_and_returns() {
    var series = Series.likeTheDemo(3).learn(300);
    for (int incident = 0; incident < 2; incident++) {
      series.steps.clear();
      series.shifted(120);
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
        series.shifted(1);
      }
      series.shifted(afterOpening);

      for (int i = 0; i < 60 && series.state.alertOpen(); i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.state.alertOpen()).as("seed %d", seed).isFalse();
      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Transient.class);
    }
  }

  @Test
  void should_stay_open_when_the_signal_comes_back_only_half_way() {
    var series = Series.likeTheDemo(4).learn(300);
    series.shifted(50);

    for (int i = 0; i < 100; i++) {
      series.observe(series.startup() + 250e6).pause(Duration.ofMillis(2_400));
    }

    assertThat(series.state.alertOpen()).isTrue();
  }

  @Test
  void should_update_every_hour_only_when_there_are_new_connections() {
    var series = Series.likeTheDemo(5).learn(300);
    series.shifted(100);
    series.pause(Duration.ofMinutes(1)).advance();
    series.steps.clear();

    series.pause(Duration.ofHours(3)).advance();
    assertThat(series.steps).isEmpty();
    series.observe(series.startup() + 500e6).pause(Duration.ofSeconds(5)).advance();

    assertThat(series.steps).singleElement().isInstanceOf(AlertStep.Updated.class);
  }

  @Test
  void should_report_the_wait_for_a_cpu_before_and_after() {
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

  private static void loaded(Series series, int count, double more, double waiting) {
    for (int i = 0; i < count; i++) {
      series.observe(series.startup() + more, 0, waiting).pause(Duration.ofMillis(2_400));
    }
  }

  @Test
  void should_tell_at_once_when_the_load_goes_and_the_shift_stays() {
    var series = Series.likeTheDemo(1);
    loaded(series, 300, 0, 0.04);
    loaded(series, 100, 500e6, 0.2);
    assertThat(series.steps).noneMatch(step -> step.facts().withoutLoad());
    series.clear();

    loaded(series, 30, 500e6, 0.04);

    assertThat(series.steps.getLast().facts().withoutLoad()).isTrue();
    assertThat(series.steps.getLast().facts().waitingAfter()).isGreaterThan(0.15);
  }

  @Test
  void should_not_acquit_load_when_the_shift_goes_with_it() {
    var series = Series.likeTheDemo(1);
    loaded(series, 300, 0, 0.04);
    loaded(series, 100, 500e6, 0.2);

    loaded(series, 60, 0, 0.04);

    assertThat(series.state.alertOpen()).isFalse();
    assertThat(series.steps).noneMatch(step -> step.facts().withoutLoad());
  }

  @Test
  void should_know_of_a_shift_that_began_without_load() {
    var series = Series.likeTheDemo(1);
    loaded(series, 300, 0, 0.04);

    loaded(series, 10, 500e6, 0.04);
    loaded(series, 200, 500e6, 0.2);

    assertThat(series.steps).allMatch(step -> step.facts().withoutLoad());
    assertThat(series.steps.getLast().facts().waitingAfter()).isGreaterThan(0.15);
  }

  @Nested
  class Confirmation {
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
    void should_wait_for_ten_blocks_when_all_connections_come_from_one_source() {
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
  class End {
    @Test
    void should_be_transient_when_it_ends_within_a_quarter_of_an_hour() {
      var series = Series.likeTheDemo(3).learn(300);
      series.shifted(20);

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Transient.class);
      assertThat(series.of(AlertStep.Resolved.class)).isEmpty();
    }

    @Test
    void should_be_resolved_when_it_takes_longer() {
      var series = Series.likeTheDemo(3).learn(300);
      series.shifted(20);
      series.pause(Duration.ofMinutes(15));

      for (int i = 0; i < 40; i++) {
        series.observe(series.startup()).pause(Duration.ofMillis(2_400));
      }

      assertThat(series.steps.getLast()).isInstanceOf(AlertStep.Resolved.class);
    }
  }

  @Nested
  class OnDecision {
    @Test
    void should_use_the_accepted_samples_as_the_baseline_from_then_on() {
      var series = Series.likeTheDemo(1).learn(300);
      series.shifted(120);
      series.clear();

      var steps = series.detector.accept(series.state, series.context, series.now);

      assertThat(steps).singleElement().isInstanceOf(AlertStep.Acknowledged.class);
      assertThat(series.state.alertOpen()).isFalse();
      series.shifted(300);
      assertThat(series.steps).isEmpty();
      for (int i = 0; i < 40; i++) {
        series.observe(series.startup() + 1_000e6).pause(Duration.ofMillis(2_400));
      }
      assertThat(series.steps.getFirst().facts().before().p50())
          .isCloseTo(508e6, Percentage.withPercentage(2));
    }

    @Test
    void should_restore_the_previous_baseline_when_an_acceptance_is_rolled_back() {
      var series = Series.likeTheDemo(1).learn(300);
      series.shifted(120);
      var opened = series.steps.getFirst().facts();
      series.detector.accept(series.state, series.context, series.now);
      series.shifted(50);
      series.store();
      assertThat(series.state.acceptedAlertOpenedAt()).contains(opened.openedAt());

      assertThat(series.detector.rollBack(series.state, series.context)).isTrue();

      series.clear();
      series.shifted(20);
      assertThat(series.steps.getFirst()).isInstanceOf(AlertStep.Opened.class);
      assertThat(series.steps.getFirst().facts().before().p50())
          .isCloseTo(opened.before().p50(), Percentage.withPercentage(0.1));
      assertThat(series.detector.rollBack(series.state, series.context)).isFalse();
    }

    /// Half a second, and 50 ms on 290 ms, whose first samples do not all look shifted.
    @ParameterizedTest
    @ValueSource(doubles = {500e6, 50e6})
    void should_date_the_shift_by_its_first_onset_when_its_acceptance_is_rolled_back(double more) {
      for (int seed = 0; seed < 10; seed++) {
        var series = new Series(DetectorSettings.defaults(), Series.alone(ZONE, 0.2), seed);
        preauth(series, 1_500, 0);
        preauth(series, 200, more);
        var accepted =
            series.detector.accept(series.state, series.context, series.now).getFirst().facts();
        preauth(series, 50, more);
        series.detector.rollBack(series.state, series.context);
        series.store().clear();

        preauth(series, 200, more);

        var again = series.steps.getFirst().facts();
        assertThat(again.onset()).as("seed " + seed).isEqualTo(accepted.onset());
        assertThat(again.onsetNotBefore()).isEqualTo(accepted.onsetNotBefore());
        assertThat(again.onsetNotAfter()).isEqualTo(accepted.onsetNotAfter());
        assertThat(again.connections()).isGreaterThan(accepted.connections() + 50);
        assertThat(again.openedAt()).isAfter(accepted.openedAt());
      }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void should_date_a_shift_by_itself_when_the_signal_was_normal_before_it(
        boolean rolledBackLast) {
      var series = Series.likeTheDemo(1).learn(300).shifted(120);
      series.detector.accept(series.state, series.context, series.now);
      if (!rolledBackLast) {
        series.detector.rollBack(series.state, series.context);
      }
      series.learn(200);
      if (rolledBackLast) {
        series.detector.rollBack(series.state, series.context);
      }
      series.store().clear();
      var from = series.now;

      series.shifted(20);

      assertThat(series.steps.getFirst().facts().onset()).isEqualTo(from);
      assertThat(series.steps.getFirst().facts().onsetNotBefore().orElseThrow())
          .isAfter(from.minusSeconds(1));
    }

    @Test
    void should_know_the_wait_for_a_cpu_before_an_acceptance_when_it_is_rolled_back() {
      var series = Series.likeTheDemo(1);
      loaded(series, 300, 0, 0.04);
      loaded(series, 60, 500e6, 0.2);
      series.detector.accept(series.state, series.context, series.now);
      loaded(series, 60, 500e6, 0.2);

      series.detector.rollBack(series.state, series.context);
      series.store().clear();
      loaded(series, 20, 500e6, 0.2);

      assertThat(series.steps.getFirst().facts().waitingBefore()).isCloseTo(0.04, within(0.01));
      assertThat(series.steps.getFirst().facts().waitingAfter()).isCloseTo(0.2, within(0.01));
    }

    private static final DeadZone ZONE = new DeadZone(0, 0);

    private static void preauth(Series series, int count, double more) {
      for (int i = 0; i < count; i++) {
        series.observe(series.preauth() + more).pause(Duration.ofMinutes(1));
      }
    }

    @Test
    void should_keep_baseline_and_alert_when_it_is_dismissed() {
      var series = Series.likeTheDemo(1).learn(300);
      series.shifted(60);
      long baseline = series.state.baselineCount();

      var steps = series.detector.dismiss(series.state, series.context, series.now);

      assertThat(steps).singleElement().isInstanceOf(AlertStep.Acknowledged.class);
      assertThat(series.state.alertOpen()).isTrue();
      assertThat(series.state.baselineCount()).isEqualTo(baseline);
    }

    @Test
    void should_change_nothing_when_no_alert_is_open() {
      var series = Series.likeTheDemo(1).learn(100);

      assertThat(series.detector.accept(series.state, series.context, series.now)).isEmpty();
      assertThat(series.detector.dismiss(series.state, series.context, series.now)).isEmpty();
      assertThat(series.detector.rollBack(series.state, series.context)).isFalse();
    }
  }
}
