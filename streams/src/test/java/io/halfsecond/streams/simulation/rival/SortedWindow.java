package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;

/// The last values of a series, ordered by time and by size.
final class SortedWindow {
  private double[] byTime = new double[128];
  private double[] seconds = new double[128];
  private double[] sorted = new double[128];
  private int first;
  private int size;

  void add(double second, double value) {
    if (size == sorted.length) {
      grow();
    }
    int last = (first + size) % byTime.length;
    byTime[last] = value;
    seconds[last] = second;
    int i = Arrays.binarySearch(sorted, 0, size, value);
    int at = i < 0 ? -i - 1 : i;
    System.arraycopy(sorted, at, sorted, at + 1, size - at);
    sorted[at] = value;
    size++;
  }

  void dropUpTo(double second) {
    while (size > 0 && seconds[first] <= second) {
      dropFirst();
    }
  }

  void dropToSize(int most) {
    while (size > most) {
      dropFirst();
    }
  }

  private void dropFirst() {
    int at = Arrays.binarySearch(sorted, 0, size, byTime[first]);
    size--;
    System.arraycopy(sorted, at + 1, sorted, at, size - at);
    first = (first + 1) % byTime.length;
  }

  void clear() {
    first = 0;
    size = 0;
  }

  private void grow() {
    var times = new double[2 * size];
    var values = new double[2 * size];
    for (int i = 0; i < size; i++) {
      times[i] = seconds[(first + i) % size];
      values[i] = byTime[(first + i) % size];
    }
    seconds = times;
    byTime = values;
    sorted = Arrays.copyOf(sorted, 2 * size);
    first = 0;
  }

  int size() {
    return size;
  }

  /// The value with `rank` smaller ones.
  double at(int rank) {
    return sorted[rank];
  }

  double median() {
    return (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
  }

  /// The median absolute deviation. Distances are visited in ascending order, from the median
  /// outwards.
  double medianDeviation() {
    double median = median();
    int below = (size - 1) / 2;
    int above = below + 1;
    double distance = 0;
    for (int taken = 0; taken <= size / 2; taken++) {
      double down = below < 0 ? Double.POSITIVE_INFINITY : median - sorted[below];
      double up = above >= size ? Double.POSITIVE_INFINITY : sorted[above] - median;
      distance = Math.min(down, up);
      if (down <= up) {
        below--;
      } else {
        above++;
      }
    }
    return distance;
  }
}
