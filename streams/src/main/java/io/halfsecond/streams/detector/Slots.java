package io.halfsecond.streams.detector;

import java.util.Arrays;

/// The intervals of (0, 1) on each of which a bet pays the same, whatever the p-value in it: from
/// 1/2,000 upwards each a third wider than the one before. On a finer grid no delay was shorter.
final class Slots {
  private static final double FIRST = 0.0005;
  private static final double RATIO = 1.3;

  /// 0, then the upper edge of every slot, the last of which is 1.
  private static final double[] EDGES = edges();

  static final int COUNT = EDGES.length - 1;

  private Slots() {}

  private static double[] edges() {
    var edges = new double[64];
    int n = 1;
    for (double edge = FIRST; edge < 0.5; edge *= RATIO) {
      edges[n++] = edge;
    }
    for (double edge : new double[] {0.5, 0.6, 0.7, 0.8, 0.9, 1}) {
      edges[n++] = edge;
    }
    return Arrays.copyOf(edges, n);
  }

  /// @param p above 0 and at most 1
  static int of(double p) {
    int i = Arrays.binarySearch(EDGES, p);
    return (i < 0 ? -i - 1 : i) - 1;
  }

  /// The share of a reference of `n` samples that lies beyond a value whose p-value is at the
  /// slot's upper edge, about.
  static double share(int slot, double n) {
    return (Math.max(1, EDGES[slot + 1] * (n + 1)) - 0.5) / n;
  }

  /// How likely a value beyond that has a p-value in the slot or below: p-values of values beyond
  /// all of the reference are spread over 1/(n + 1).
  static double certainty(int slot, double n) {
    return Math.min(1, EDGES[slot + 1] * (n + 1));
  }

  static double width(int slot) {
    return EDGES[slot + 1] - EDGES[slot];
  }
}
