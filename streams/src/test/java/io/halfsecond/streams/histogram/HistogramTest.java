package io.halfsecond.streams.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void should_place_the_median_within_half_a_percent_when_samples_spread_by_five_percent() {
    for (double median : new double[] {30, 8e6, 508e6, 7e12}) {
      var samples = spread(median, 0.05, 100_001, 1);

      assertThat(median(samples)).isCloseTo(median, Percentage.withPercentage(0.5));
    }
  }

  @Test
  void should_place_quantiles_within_half_a_bin_when_all_samples_are_equal() {
    var samples = new Histogram();
    samples.add(Bins.WIDE.binOf(4e6), 1000);

    assertThat(median(samples)).isCloseTo(4e6, Percentage.withPercentage(1.6));
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
    assertThat(quantiles(merged)).isEqualTo(quantiles(one));
  }

  @Test
  void should_add_and_subtract_by_bin() {
    var random = new SplittableRandom(8);
    for (int n = 0; n < 500; n++) {
      var one = some(random);
      var other = some(random);
      var sum = one.plus(other);
      var rest = one.without(other);

      assertThat(sum.total()).isEqualTo(one.total() + other.total());
      for (int bin = 0; bin < 40; bin++) {
        assertThat(sum.at(bin)).isEqualTo(one.at(bin) + other.at(bin));
        assertThat(rest.at(bin)).isEqualTo(Math.max(0, one.at(bin) - other.at(bin)));
        assertThat(sum.above(sum.find(bin)))
            .isEqualTo(one.above(one.find(bin)) + other.above(other.find(bin)));
      }
      for (int i = 1; i < sum.size(); i++) {
        assertThat(sum.binAt(i)).isGreaterThan(sum.binAt(i - 1));
      }
    }
  }

  private static Histogram some(SplittableRandom random) {
    var samples = new Histogram();
    for (int bins = random.nextInt(20); bins > 0; bins--) {
      samples.add(random.nextInt(40), random.nextInt(1, 5));
    }
    return samples;
  }

  @Test
  void should_refuse_to_subtract_what_it_does_not_hold() {
    var samples = spread(8e6, 0.2, 5, 4);

    assertThatThrownBy(() -> samples.subtract(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bin 1 does not hold 1 samples");
  }

  @Test
  void should_keep_quantiles_when_scaled_down() {
    var samples = spread(8e6, 0.3, 50_000, 5);
    double median = median(samples);
    double p99 = quantile(samples, 0.99);

    samples.scaleDownTo(20_000);

    assertThat(samples.total()).isEqualTo(20_000);
    assertThat(median(samples)).isCloseTo(median, Percentage.withPercentage(0.1));
    assertThat(quantile(samples, 0.99)).isCloseTo(p99, Percentage.withPercentage(1));
  }

  @Test
  void should_take_in_the_extremes() {
    assertThat(Bins.WIDE.binOf(0)).isZero();
    assertThat(Bins.WIDE.binOf(Double.MIN_VALUE)).isZero();
    assertThat(Bins.WIDE.binOf(1)).isEqualTo(1);
    assertThat(Bins.WIDE.binOf(Double.MAX_VALUE)).isEqualTo(Bins.WIDE.last());
    var zeros = new Histogram();
    zeros.add(0, 10);
    assertThat(median(zeros)).isCloseTo(0, within(0.0));
  }

  private static Histogram spread(double median, double sigma, int count, long seed) {
    var random = new Random(seed);
    var samples = new Histogram();
    for (int i = 0; i < count; i++) {
      samples.add(Bins.WIDE.binOf(median * Math.exp(sigma * random.nextGaussian())), 1);
    }
    return samples;
  }

  private static double quantile(Histogram samples, double q) {
    return new Distribution(samples, Bins.WIDE).quantile(q);
  }

  private static double median(Histogram samples) {
    return quantile(samples, 0.5);
  }

  private static List<Double> quantiles(Histogram samples) {
    return List.of(median(samples), quantile(samples, 0.95), quantile(samples, 0.99));
  }

  @Test
  void should_read_the_bits_it_wrote() {
    for (var samples :
        List.of(new Histogram(), spread(8e6, 0.2, 1, 1), spread(8e6, 0.4, 20_000, 2))) {
      var out = new BitWriter();
      samples.writeTo(out);

      var in = new BitReader("test", out.toBytes());
      var copy = Histogram.readFrom(in);
      in.end();

      assertThat(copy.total()).isEqualTo(samples.total());
      assertThat(copy.contains(samples)).isTrue();
    }
  }

  @Test
  void should_take_about_a_byte_a_bin() {
    var samples = spread(290e6, 0.3, 20_000, 3);
    var out = new BitWriter();

    samples.writeTo(out);

    assertThat(out.toBytes().length).isLessThan(samples.size() * 5 / 4);
  }

  @Test
  void should_leave_out_no_more_than_there_is() {
    var samples = new Histogram();
    samples.add(5, 3);
    samples.add(7, 1);
    var other = new Histogram();
    other.add(5, 1);
    other.add(7, 4);
    other.add(9, 1);

    var rest = samples.without(other);

    assertThat(rest.at(5)).isEqualTo(2);
    assertThat(rest.total()).isEqualTo(2);
  }
}
