package io.halfsecond.schemas.travel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WaitBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final WaitBudget budget = new WaitBudget(Duration.ofSeconds(10), Duration.ofSeconds(30));

  @Test
  void should_wait_once_for_a_fingerprint() {
    assertThat(budget.nanosFor(1, 0)).isEqualTo(10 * SECOND);
    assertThat(budget.nanosFor(1, 10 * SECOND)).isZero();
    assertThat(budget.nanosFor(1, 3_600 * SECOND)).isNegative();
  }

  @Test
  void should_share_the_time_of_a_fingerprint_among_threads() {
    assertThat(budget.nanosFor(1, 0)).isEqualTo(10 * SECOND);
    assertThat(budget.nanosFor(1, 4 * SECOND)).isEqualTo(6 * SECOND);
    assertThat(budget.nanosFor(2, 4 * SECOND)).isEqualTo(10 * SECOND);
    assertThat(budget.nanosFor(3, 4 * SECOND)).isEqualTo(10 * SECOND);
    assertThat(budget.nanosFor(4, 4 * SECOND)).isZero();
  }

  @Test
  void should_bound_the_time_for_invented_fingerprints_within_every_window() {
    // given: a record with a fingerprint of its own whenever the thread is free, for an hour
    long hour = 3_600 * SECOND;
    long window = WaitBudget.WINDOW.toNanos();
    var spent = new long[(int) (hour / window) + 2];

    // when
    long now = 0;
    for (long fingerprint = 0; now < hour; fingerprint++) {
      long wait = budget.nanosFor(fingerprint, now);
      spent[(int) (now / window)] += Math.max(0, wait);
      now += Math.max(wait, SECOND / 10);
    }

    // then
    assertThat(Arrays.stream(spent).max().orElseThrow()).isLessThanOrEqualTo(30 * SECOND);
    assertThat(spent[3]).isPositive();
  }

  @Test
  void should_give_back_what_an_arrival_leaves() {
    // given
    for (int fingerprint = 1; fingerprint <= 20; fingerprint++) {
      assertThat(budget.nanosFor(fingerprint, fingerprint * SECOND))
          .as("%d", fingerprint)
          .isEqualTo(10 * SECOND);
      budget.arrived(fingerprint, fingerprint * SECOND + SECOND / 2);
    }

    // then
    assertThat(budget.nanosFor(21, 21 * SECOND)).isEqualTo(10 * SECOND);
  }
}
