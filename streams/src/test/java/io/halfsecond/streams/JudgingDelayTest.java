package io.halfsecond.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.streams.JudgingDelay.Progress;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class JudgingDelayTest {
  private static final TopicPartition ONE = new TopicPartition("ssh.probe", 0);
  private static final TopicPartition OTHER = new TopicPartition("ssh.probe", 1);

  private final JudgingDelay delay = new JudgingDelay(0);

  @Test
  void should_know_of_no_delay_where_nothing_comes() {
    delay.look(seconds(1), Map.of(ONE, new Progress(0, 0, 0)));
    delay.look(seconds(500), Map.of(ONE, new Progress(0, 0, 0)));

    assertThat(delay.waiting(seconds(600))).isZero();
    assertThat(delay.sinceJudged(seconds(600))).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void should_count_from_when_a_record_was_there_until_it_is_committed() {
    delay.look(seconds(1), Map.of(ONE, new Progress(100, 100, 0)));
    delay.look(seconds(2), Map.of(ONE, new Progress(100, 101, 0)));
    delay.look(seconds(10), Map.of(ONE, new Progress(100, 101, 7)));
    assertThat(delay.waiting(seconds(12))).isEqualTo(Duration.ofSeconds(10));

    delay.look(seconds(13), Map.of(ONE, new Progress(101, 108, 0)));
    assertThat(delay.waiting(seconds(13))).isEqualTo(Duration.ofSeconds(3));
    assertThat(delay.sinceJudged(seconds(15))).isEqualTo(Duration.ofSeconds(2));

    delay.look(seconds(14), Map.of(ONE, new Progress(108, 108, 0)));
    assertThat(delay.waiting(seconds(20))).isZero();
  }

  /// A topology under steady load always has a record that is not committed yet.
  @Test
  void should_not_grow_while_it_keeps_up() {
    for (int n = 1; n < 5_000; n++) {
      delay.look(seconds(n), Map.of(ONE, new Progress(100L * n, 100L * n + 50, 100)));
      assertThat(delay.waiting(seconds(n))).isLessThanOrEqualTo(Duration.ofSeconds(2));
    }
  }

  @Test
  void should_see_one_partition_that_is_stuck_among_others_that_are_not() {
    for (int n = 1; n <= 60; n++) {
      delay.look(
          seconds(n),
          Map.of(ONE, new Progress(5, 5, 1), OTHER, new Progress(100L * n, 100L * n, 0)));
    }

    assertThat(delay.waiting(seconds(60))).isEqualTo(Duration.ofSeconds(59));
  }

  /// Until the first commit of a process, only the number of records that wait is known.
  @Test
  void should_take_a_backlog_at_the_start_for_one() {
    delay.look(seconds(1), Map.of(ONE, new Progress(0, 0, 1_000)));
    delay.look(seconds(2), Map.of(ONE, new Progress(0, 5_100, 900)));
    assertThat(delay.waiting(seconds(2))).isEqualTo(Duration.ofSeconds(1));

    delay.look(seconds(40), Map.of(ONE, new Progress(5_500, 5_600, 400)));
    assertThat(delay.waiting(seconds(40))).isEqualTo(Duration.ofSeconds(38));

    delay.look(seconds(41), Map.of(ONE, new Progress(6_000, 6_000, 0)));
    assertThat(delay.waiting(seconds(41))).isZero();
  }

  @Test
  void should_forget_a_partition_that_another_instance_has() {
    delay.look(seconds(1), Map.of(ONE, new Progress(5, 9, 1)));
    delay.look(seconds(2), Map.of());

    assertThat(delay.waiting(seconds(60))).isZero();
  }

  @Test
  void should_begin_anew_with_a_topic_that_was_made_anew() {
    delay.look(seconds(1), Map.of(ONE, new Progress(900, 1_000, 0)));
    delay.look(seconds(50), Map.of(ONE, new Progress(0, 3, 0)));

    assertThat(delay.waiting(seconds(51))).isEqualTo(Duration.ofSeconds(1));
  }

  private static long seconds(int n) {
    return Duration.ofSeconds(n).toNanos();
  }
}
