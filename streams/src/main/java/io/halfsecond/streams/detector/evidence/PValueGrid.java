package io.halfsecond.streams.detector.evidence;

import java.util.Arrays;

/// Divides (0, 1) into cells. Within a cell, a bet pays the same for every p-value.
///
/// The first cell ends at 1/2,000, and each of the next is 30 % wider. A finer grid shortened no
/// detection delay.
final class PValueGrid {
  private static final double FIRST = 0.0005;
  private static final double RATIO = 1.3;

  /// 0, then the upper edge of each cell. The last edge is 1.
  private static final double[] EDGES = edges();

  static final int CELLS = EDGES.length - 1;

  private static final double[] WIDTHS = widths();

  private PValueGrid() {}

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

  private static double[] widths() {
    var widths = new double[CELLS];
    for (int cell = 0; cell < CELLS; cell++) {
      widths[cell] = EDGES[cell + 1] - EDGES[cell];
    }
    return widths;
  }

  /// @param p above 0 and at most 1
  static int cellOf(double p) {
    int i = Arrays.binarySearch(EDGES, p);
    return (i < 0 ? -i - 1 : i) - 1;
  }

  /// The approximate share of a reference of `n` samples that lies beyond a value whose p-value is
  /// the upper edge of the cell.
  static double share(int cell, double n) {
    return (Math.max(1, EDGES[cell + 1] * (n + 1)) - 0.5) / n;
  }

  /// The probability that a value beyond that one has a p-value in this cell or a lower one. It is
  /// below 1 in the first cells, because the p-values of values beyond the whole reference are
  /// uniform below 1/(n + 1).
  static double certainty(int cell, double n) {
    return Math.min(1, EDGES[cell + 1] * (n + 1));
  }

  static double width(int cell) {
    return WIDTHS[cell];
  }
}
