package io.halfsecond.collector.selftest;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/// Whether two groups of runs cost the same, but for [#DEAD_MILLIS] and [#DEAD_SHARE].
///
/// The test is Mann and Whitney's (1947), a permutation test of the sum of ranks; with no more than
/// some dozen runs on each side its distribution is counted out, not approximated. It is one-sided
/// both ways, each after the dead zone has been granted; `pValue` is twice the smaller.
///
/// @param measure what was compared
/// @param usual median of the one group, in nanoseconds
/// @param other median of the other
/// @param pValue how probable groups as far apart are if they do not differ by more than the dead
///   zone, at most
public record Comparison(Measure measure, double usual, double other, double pValue) {
  /// Less is not looked into: the loader asked to report, or a longer path, costs some of it.
  static final double DEAD_MILLIS = 2;

  static final double DEAD_SHARE = 0.25;
  private static final double NANOS_PER_MILLI = 1e6;

  /// What a run costs.
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

  /// How probable it is that `high` comes out as much above `low` if it is not above the dead zone
  /// over `low`.
  private static double larger(double[] high, double[] low) {
    return MannWhitneyUTest.withDefaults()
        .with(AlternativeHypothesis.GREATER_THAN)
        .with(PValueMethod.EXACT)
        // Equal values stand in the order that speaks against a difference, and the exact test
        // allows none.
        .test(
            spread(high, x -> x, -1),
            spread(low, x -> x * (1 + DEAD_SHARE) + DEAD_MILLIS * NANOS_PER_MILLI, 1))
        .getPValue();
  }

  private static double[] spread(double[] values, DoubleUnaryOperator shifted, int sign) {
    var sorted = Arrays.stream(values).map(shifted).sorted().toArray();
    for (int i = 0; i < sorted.length; i++) {
      // Below a nanosecond: nothing that was measured changes places.
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
