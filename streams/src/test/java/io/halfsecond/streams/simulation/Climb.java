package io.halfsecond.streams.simulation;

import java.util.Arrays;

/// When a statistic first reached each height, in one run.
public final class Climb {
  private long[] at = new long[16];
  private double[] height = new double[16];
  private int size;
  private long length;

  public void add(double statistic) {
    length++;
    if (size > 0 && statistic <= height[size - 1]) {
      return;
    }
    if (size == at.length) {
      at = Arrays.copyOf(at, 2 * size);
      height = Arrays.copyOf(height, 2 * size);
    }
    at[size] = length;
    height[size++] = statistic;
  }

  /// The number of samples.
  public long length() {
    return length;
  }

  /// The number of the sample, from 1, with which the threshold was first reached; 0 if it never
  /// was.
  public long reached(double threshold) {
    int i = Arrays.binarySearch(height, 0, size, threshold);
    int first = i < 0 ? -i - 1 : i;
    return first == size ? 0 : at[first];
  }

  double[] heights() {
    return Arrays.copyOf(height, size);
  }
}
