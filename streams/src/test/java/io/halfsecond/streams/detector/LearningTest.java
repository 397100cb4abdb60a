package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.histogram.Bins;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// Shifts that are slow compared with learning: creep and drift.
class LearningTest {
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
    assertThat(series.steps)
        .hasSize(2)
        .last()
        .as("confirmed at once")
        .isInstanceOf(AlertStep.Confirmed.class);
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

  /// Two weeks at a login every five minutes, of which one is committed.
  private static Series mature(boolean deseasonalised) {
    var signal = new SignalSettings(Bins.WIDE, new DeadZone(0.10, 0), new DeadZone(0.04, 0), 1);
    var settings =
        new DetectorSettings(
            new Budget.PerHostYear(1), Optional.empty(), Duration.ofDays(7), 2_000, 20_000);
    var series = new Series(settings, new Context(signal, Optional.empty(), deseasonalised, 1), 11);
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
  void should_open_no_ticket_when_the_time_of_day_is_still_in_the_signal() {
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
  void should_notice_when_the_baseline_drifts_in_small_steps() {
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
