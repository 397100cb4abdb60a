package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;

/// The learnt samples in ascending order.
final class Ranks {
  private final double[] sorted;

  Ranks(double[] learnt) {
    sorted = learnt.clone();
    Arrays.sort(sorted);
  }

  int size() {
    return sorted.length;
  }

  /// The number of samples below the value.
  int of(double value) {
    int i = Arrays.binarySearch(sorted, value);
    return i < 0 ? -i - 1 : i;
  }

  /// The q-quantile, 0 < q < 1.
  double quantile(double q) {
    return sorted[(int) (q * sorted.length)];
  }
}
