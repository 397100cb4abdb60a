package io.halfsecond.collector.selftest;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/// Whether two groups of runs have the same cost, within [#DEAD_MILLIS] and [#DEAD_SHARE].
///
/// The test is that of Mann and Whitney (1947), a permutation test of the sum of ranks; with a few
/// dozen runs on each side its distribution is exact, not approximated. It is applied one-sided in
/// both directions, each time after the dead zone is granted; `pValue` is twice the smaller value.
///
/// @param measure what was compared
/// @param usual median of the first group, in nanoseconds
/// @param other median of the second group
/// @param pValue upper bound for the probability of groups at least this far apart if they differ
///   by no more than the dead zone
public record Comparison(Measure measure, double usual, double other, double pValue) {
  /// A smaller difference is ignored: the loader's debug mode or a longer path can cause it.
  static final double DEAD_MILLIS = 2;

  static final double DEAD_SHARE = 0.25;
  private static final double NANOS_PER_MILLI = 1e6;

  /// A cost of a run.
  public enum Measure {
    /** From start to exit. */
    WALL,
    /** User and system time. */
    CPU
  }

  static Comparison of(Measure measure, double[] usual, double[] other) {
    double p = 2 * Math.min(larger(usual, other), larger(other, usual));
    return new Comparison(measure, median(usual), median(other), Math.min(1, p));
  }

  /// The probability that `high` is this far above `low` if it does not exceed `low` by more than
  /// the dead zone.
  private static double larger(double[] high, double[] low) {
    return MannWhitneyUTest.withDefaults()
        .with(AlternativeHypothesis.GREATER_THAN)
        .with(PValueMethod.EXACT)
        // The exact test allows no equal values: these are put in the order that speaks against a
        // difference.
        .test(
            spread(high, x -> x, -1),
            spread(low, x -> x * (1 + DEAD_SHARE) + DEAD_MILLIS * NANOS_PER_MILLI, 1))
        .getPValue();
  }

  private static double[] spread(double[] values, DoubleUnaryOperator shifted, int sign) {
    var sorted = Arrays.stream(values).map(shifted).sorted().toArray();
    for (int i = 0; i < sorted.length; i++) {
      // Less than a nanosecond: measured values keep their order.
      sorted[i] = Math.rint(sorted[i]) + sign * 0.25 + 0.1 * i / sorted.length;
    }
    return sorted;
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
