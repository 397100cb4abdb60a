package io.halfsecond.collector.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.collector.selftest.Comparison.Measure;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final double MILLI = 1e6;

  /// Of two dozen runs, twelve each.
  private static final double ARRANGEMENTS = 2_704_156;

  private final Random random = new Random(7);

  @Test
  void should_be_as_certain_as_the_number_of_arrangements_allows_when_every_run_is_slower() {
    var comparison = Comparison.of(Measure.CPU, runs(508), runs(8));

    assertThat(comparison.pValue()).isEqualTo(2 / ARRANGEMENTS, within(1e-12));
    assertThat(comparison.usual()).isBetween(500 * MILLI, 515 * MILLI);
    assertThat(comparison.other()).isBetween(6 * MILLI, 10 * MILLI);
  }

  @Test
  void should_find_the_same_when_it_is_faster_that_is_unusual() {
    assertThat(Comparison.of(Measure.WALL, runs(8), runs(508)).pValue())
        .isEqualTo(2 / ARRANGEMENTS, within(1e-12));
  }

  @Test
  void should_not_mind_what_the_dead_zone_covers() {
    assertThat(Comparison.of(Measure.CPU, runs(9.5), runs(8)).pValue()).isGreaterThan(0.5);
    assertThat(Comparison.of(Measure.CPU, runs(100), runs(85)).pValue()).isGreaterThan(0.5);
  }

  @Test
  void should_not_be_misled_by_a_few_runs_that_were_held_up() {
    var held = runs(8);
    for (int i = 0; i < 3; i++) {
      held[i] += 400 * MILLI;
    }

    assertThat(Comparison.of(Measure.WALL, held, runs(8)).pValue()).isGreaterThan(0.05);
  }

  @Test
  void should_take_equal_values_for_no_difference() {
    var equal = IntStream.range(0, SelfTest.RUNS).mapToDouble(_ -> 12 * MILLI).toArray();

    // 8 ms and the dead zone make 12 ms.
    assertThat(
            Comparison.of(
                    Measure.CPU,
                    equal,
                    IntStream.range(0, SelfTest.RUNS).mapToDouble(_ -> 8 * MILLI).toArray())
                .pValue())
        .isEqualTo(1);
  }

  private double[] runs(double millis) {
    return IntStream.range(0, SelfTest.RUNS)
        .mapToDouble(_ -> Math.rint(MILLI * (millis + 0.5 * random.nextGaussian())))
        .toArray();
  }
}
