package io.halfsecond.streams.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignProcessTest {
  /// Computed with exact fractions: 2ⁿ⁺¹ times the integral of pˢ(1 − p)ⁿ⁻ˢ from ½ to 1.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 1",
    "1, 1, 1.5",
    "0, 1, 0.5",
    "10, 10, 186.0909090909091",
    "15, 20, 6.355521155830753",
    "5, 20, 0.0856798859894835"
  })
  void should_be_the_mixture_over_all_probabilities_above_a_half(
      int positive, int signs, double expected) {
    assertThat(Math.exp(SignProcess.log(positive, signs)))
        .isCloseTo(expected, Percentage.withPercentage(1e-9));
  }

  /// The mean of the next value, if a sign is positive with probability ½ or less.
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.4, 0})
  void should_not_grow_on_average_when_signs_are_no_more_often_positive_than_not(double p) {
    for (int n = 0; n < 60; n++) {
      for (int s = 0; s <= n; s++) {
        double next =
            p * Math.exp(SignProcess.log(s + 1.0, n + 1.0))
                + (1 - p) * Math.exp(SignProcess.log(s, n + 1.0));
        double now = Math.exp(SignProcess.log(s, n));

        assertThat(next).isLessThanOrEqualTo(now * (1 + 1e-9));
        if (p == 0.5) {
          assertThat(next).isCloseTo(now, within(now * 1e-9));
        }
      }
    }
  }

  @Test
  void should_stay_a_number_when_there_are_millions_of_signs() {
    assertThat(SignProcess.log(2_000_000, 4_000_000)).isBetween(-20.0, 0.0);
    assertThat(SignProcess.log(4_000_000, 4_000_000)).isGreaterThan(2_000_000);
    assertThat(SignProcess.log(0, 4_000_000)).isLessThan(-10);
  }

  @ParameterizedTest
  @CsvSource({"10, 4.605170185988092", "100, 4.605", "5000, 7"})
  void should_find_the_fewest_signs_that_reach_a_limit(long signs, double limit) {
    long fewest = SignProcess.fewest(signs, limit);

    assertThat(SignProcess.log(fewest, signs)).isGreaterThanOrEqualTo(limit);
    assertThat(SignProcess.log(fewest - 1, signs)).isLessThan(limit);
  }

  @Test
  void should_say_that_no_sign_suffices_when_there_are_too_few() {
    assertThat(SignProcess.fewest(9, Math.log(100))).isEqualTo(10);
    assertThat(SignProcess.fewest(0, Math.log(100))).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "30, 50, 0.6", "520, 1000, 0.52"})
  void should_know_how_many_more_signs_reach_the_limit_at_a_share(
      long positive, long signs, double share) {
    double limit = Math.log(100);

    long missing = SignProcess.missing(positive, signs, share, limit, 1_000_000);

    assertThat(SignProcess.log(positive + share * missing, (double) signs + missing))
        .isGreaterThanOrEqualTo(limit);
    assertThat(SignProcess.log(positive + share * (missing - 1), signs + missing - 1.0))
        .isLessThan(limit);
  }

  @Test
  void should_never_reach_the_limit_when_signs_are_as_often_negative() {
    assertThat(SignProcess.missing(50, 100, 0.5, Math.log(100), 1_000)).isEqualTo(1_001);
    assertThat(SignProcess.missing(100, 100, 1, Math.log(100), 1_000)).isZero();
  }
}
