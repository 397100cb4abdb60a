package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;

/// Samples learnt, in order of size.
final class Ranks {
  private final double[] sorted;

  Ranks(double[] learnt) {
    sorted = learnt.clone();
    Arrays.sort(sorted);
  }

  int size() {
    return sorted.length;
  }

  /// How many are below the value.
  int of(double value) {
    int i = Arrays.binarySearch(sorted, value);
    return i < 0 ? -i - 1 : i;
  }

  /// The value at a share q of them, 0 < q < 1.
  double quantile(double q) {
    return sorted[(int) (q * sorted.length)];
  }
}
