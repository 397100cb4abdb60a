package io.halfsecond.streams.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void should_place_the_median_within_half_a_percent_when_samples_spread_by_five_percent() {
    for (double median : new double[]{30, 8e6, 508e6, 7e12}) {
      var samples = spread(median, 0.05, 100_001, 1);

      assertThat(samples.median()).isCloseTo(median, Percentage.withPercentage(0.5));
    }
  }

  @Test
  void should_place_quantiles_within_half_a_bin_when_all_samples_are_equal() {
    var samples = new Histogram();
    samples.add(Histogram.binOf(4e6), 1000);

    assertThat(samples.median()).isCloseTo(4e6, Percentage.withPercentage(1.6));
  }

  @Test
  void should_be_what_it_was_when_merged_and_subtracted() {
    var one = spread(8e6, 0.2, 500, 2);
    var other = spread(12e6, 0.4, 700, 3);
    var merged = one.copy();

    merged.add(other);
    assertThat(merged.contains(other)).isTrue();
    assertThat(merged.total()).isEqualTo(1200);
    merged.subtract(other);

    assertThat(merged.size()).isEqualTo(one.size());
    assertThat(merged.summary()).isEqualTo(one.summary());
  }

  @Test
  void should_refuse_to_subtract_what_it_does_not_hold() {
    var samples = spread(8e6, 0.2, 5, 4);

    assertThatThrownBy(() -> samples.subtract(1, 1)).isInstanceOf(IllegalArgumentException.class)
      .hasMessage("bin 1 does not hold 1 samples");
  }

  @Test
  void should_keep_quantiles_when_scaled_down() {
    var samples = spread(8e6, 0.3, 50_000, 5);
    var before = samples.summary();

    samples.scaleDownTo(20_000);

    assertThat(samples.total()).isEqualTo(20_000);
    assertThat(samples.median()).isCloseTo(before.p50(), Percentage.withPercentage(0.1));
    assertThat(samples.summary().p99()).isCloseTo(before.p99(), Percentage.withPercentage(1));
  }

  @Test
  void should_take_in_the_extremes() {
    assertThat(Histogram.binOf(0)).isZero();
    assertThat(Histogram.binOf(Double.MIN_VALUE)).isZero();
    assertThat(Histogram.binOf(1)).isEqualTo(1);
    assertThat(Histogram.binOf(Double.MAX_VALUE)).isEqualTo(Histogram.LAST_BIN);
    var zeros = new Histogram();
    zeros.add(0, 10);
    assertThat(zeros.median()).isCloseTo(0, within(0.0));
  }

  private static Histogram spread(double median, double sigma, int count, long seed) {
    var random = new Random(seed);
    var samples = new Histogram();
    for (int i = 0; i < count; i++) {
      samples.add(Histogram.binOf(median * Math.exp(sigma * random.nextGaussian())), 1);
    }
    return samples;
  }
}
