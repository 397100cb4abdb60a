package io.halfsecond.collector.source.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SeqGapCounterTest {
  @Test
  void should_count_the_missing_when_a_cpu_s_numbers_have_a_gap() {
    var gaps = new SeqGapCounter();
    gaps.observe(3, 41, 100);

    assertThat(gaps.observe(3, 45, 200)).isEqualTo(3);
    assertThat(gaps.previousNanos()).isEqualTo(100);
  }

  @Test
  void should_count_nothing_when_numbers_wrap_or_begin_anew_or_belong_to_another_cpu() {
    var gaps = new SeqGapCounter();
    gaps.observe(0, -1, 1);

    assertThat(gaps.observe(0, 0, 2)).as("wrapped").isZero();
    assertThat(gaps.observe(1, 977, 3)).as("first of its CPU").isZero();
    assertThat(gaps.observe(1, 5, 4)).as("began anew").isZero();
    assertThat(gaps.observe(1, 6, 5)).isZero();
    assertThat(gaps.observe(-1, 0, 6)).as("no CPU").isZero();
    assertThat(gaps.observe(Integer.MAX_VALUE, 0, 6)).as("no CPU").isZero();
  }

  @Test
  void should_count_exactly_what_was_dropped_when_any_messages_between_seen_ones_are() {
    var random = new Random(20240329);
    var gaps = new SeqGapCounter();
    var next = random.ints(4).toArray();
    long dropped = 0;
    long counted = 0;
    for (int cpu = 0; cpu < 4; cpu++) {
      gaps.observe(cpu, next[cpu]++, 0);
    }
    for (int i = 0; i < 100_000; i++) {
      int cpu = random.nextInt(4);
      if (random.nextInt(10) == 0) {
        dropped++;
        next[cpu]++;
      } else {
        counted += gaps.observe(cpu, next[cpu]++, i);
      }
    }
    for (int cpu = 0; cpu < 4; cpu++) {
      counted += gaps.observe(cpu, next[cpu], 0);
    }

    assertThat(counted).isEqualTo(dropped);
  }
}
