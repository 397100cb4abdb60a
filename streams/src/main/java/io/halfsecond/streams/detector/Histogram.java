package io.halfsecond.streams.detector;

import java.util.Arrays;

/// Counts of measurements in bins 3 % wide, kept only where there are any.
///
/// Bin 0 holds what is below 1 ns; bin i ≥ 1 holds [1.03^(i−1), 1.03^i) ns; the last one also all that is larger.
/// Merging and subtracting are exact. Not safe for use by several threads.
final class Histogram {
  private static final double LOG_WIDTH = StrictMath.log(1.03);
  /// Holds 10¹⁸ ns, 31 years.
  static final int LAST_BIN = 1 + (int) (Math.log(1e18) / LOG_WIDTH);

  private int[] bins = new int[8];
  private long[] counts = new long[8];
  private int size;
  private long total;

  static int binOf(double nanos) {
    return nanos < 1 ? 0 : (int) Math.min(LAST_BIN, 1 + StrictMath.log(nanos) / LOG_WIDTH);
  }

  /// The value a share of `fraction` into the bin, evenly spread on the logarithmic scale.
  private static double valueIn(int bin, double fraction) {
    return bin == 0 ? 0 : StrictMath.exp((bin - 1 + fraction) * LOG_WIDTH);
  }

  void add(int bin, long count) {
    int i = Arrays.binarySearch(bins, 0, size, bin);
    if (i < 0) {
      i = -i - 1;
      if (size == bins.length) {
        bins = Arrays.copyOf(bins, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
      }
      System.arraycopy(bins, i, bins, i + 1, size - i);
      System.arraycopy(counts, i, counts, i + 1, size - i);
      bins[i] = bin;
      counts[i] = 0;
      size++;
    }
    counts[i] += count;
    total += count;
  }

  void add(Histogram other) {
    for (int i = 0; i < other.size; i++) {
      add(other.bins[i], other.counts[i]);
    }
  }

  /// Takes out what `other` holds, all of which must be in here.
  void subtract(Histogram other) {
    for (int i = 0; i < other.size; i++) {
      subtract(other.bins[i], other.counts[i]);
    }
  }

  void subtract(int bin, long count) {
    int i = Arrays.binarySearch(bins, 0, size, bin);
    if (i < 0 || counts[i] < count) {
      throw new IllegalArgumentException("bin " + bin + " does not hold " + count + " samples");
    }
    counts[i] -= count;
    total -= count;
    if (counts[i] == 0) {
      size--;
      System.arraycopy(bins, i + 1, bins, i, size - i);
      System.arraycopy(counts, i + 1, counts, i, size - i);
    }
  }

  boolean contains(Histogram other) {
    for (int i = 0; i < other.size; i++) {
      if (at(other.bins[i]) < other.counts[i]) {
        return false;
      }
    }
    return true;
  }

  void clear() {
    size = 0;
    total = 0;
  }

  Histogram copy() {
    var copy = new Histogram();
    copy.add(this);
    return copy;
  }

  /// Scales down to `target` samples, if there are more. Rounds the running sum, not each bin: so the total is exact
  /// and no quantile moves by more than one sample, however many bins hold only one.
  void scaleDownTo(long target) {
    if (total <= target) {
      return;
    }
    double factor = (double) target / total;
    long seen = 0;
    long kept = 0;
    int used = 0;
    for (int i = 0; i < size; i++) {
      seen += counts[i];
      long keep = Math.round(seen * factor) - kept;
      kept += keep;
      if (keep > 0) {
        bins[used] = bins[i];
        counts[used++] = keep;
      }
    }
    size = used;
    total = kept;
  }

  long total() {
    return total;
  }

  /// How many bins hold anything.
  int size() {
    return size;
  }

  int binAt(int index) {
    return bins[index];
  }

  long countAt(int index) {
    return counts[index];
  }

  long at(int bin) {
    int i = Arrays.binarySearch(bins, 0, size, bin);
    return i < 0 ? 0 : counts[i];
  }

  /// How many samples lie in bins higher than `bin`.
  long above(int bin) {
    long above = 0;
    for (int i = size - 1; i >= 0 && bins[i] > bin; i--) {
      above += counts[i];
    }
    return above;
  }

  /// The value below which `rank` samples lie, 0 ≤ rank ≤ total, for a histogram that is not empty.
  double valueAtRank(double rank) {
    double left = rank;
    for (int i = 0; i < size - 1; i++) {
      if (left <= counts[i]) {
        return valueIn(bins[i], left / counts[i]);
      }
      left -= counts[i];
    }
    return valueIn(bins[size - 1], Math.min(1, left / counts[size - 1]));
  }

  /// The lower edge of the bin that [#valueAtRank] lies in.
  double floorAtRank(double rank) {
    return valueIn(binAtRank(rank), 0);
  }

  /// The upper edge of the bin that [#valueAtRank] lies in.
  double ceilingAtRank(double rank) {
    return valueIn(binAtRank(rank), 1);
  }

  private int binAtRank(double rank) {
    double left = rank;
    int i = 0;
    while (i < size - 1 && left > counts[i]) {
      left -= counts[i++];
    }
    return bins[i];
  }

  double median() {
    return valueAtRank(total * 0.5);
  }

  Summary summary() {
    return new Summary(total, median(), valueAtRank(total * 0.95), valueAtRank(total * 0.99));
  }
}
