package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.detector.state.Micros;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Which samples vote together.
class BlockTest {
  @Test
  void should_let_a_late_sample_vote_with_the_next_block_when_its_own_is_closed() {
    var detector = new Detector(DetectorSettings.defaults());
    var context = Series.alone(DeadZone.NONE, 1);
    var state = KeyState.fresh();
    var start = Instant.parse("2024-03-29T12:00:00Z");
    detector.observe(state, context, new Sample("a", start.plusSeconds(10), 8e6, 0, 0));
    detector.advance(state, context, start.plusSeconds(60));

    detector.observe(state, context, new Sample("straggler", start.plusSeconds(20), 8e6, 0, 0));
    detector.advance(state, context, start.plusSeconds(60));

    assertThat(state.block.unscored.size() + state.block.scored.total())
        .as("waits for the end of the next block")
        .isEqualTo(1);
  }

  @Test
  void should_give_a_block_one_vote_when_late_samples_arrive() {
    var series = Series.likeTheDemo(7).learn(300);
    series.shifted(30);
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
  void should_vote_more_often_when_a_key_is_busy_all_the_time() {
    var series = new Series(DetectorSettings.defaults(), Series.alone(DeadZone.NONE, 1), 1);
    for (int i = 0; i < 60 * 60; i++) {
      series.observe(series.startup()).pause(Duration.ofSeconds(1));
    }

    assertThat(series.state.block.end - series.state.block.start).isEqualTo(Micros.MINUTE / 12);
  }

  @Test
  void should_vote_once_a_minute_when_a_burst_comes_every_ten_minutes() {
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
}
