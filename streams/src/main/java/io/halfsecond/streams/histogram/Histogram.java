package io.halfsecond.streams.histogram;

import java.util.Arrays;

/// Counts of measurements in [Bins]. Only bins that are not empty are stored. Merging and
/// subtracting are exact.
///
/// Not safe for use by several threads.
public final class Histogram {
  /// The order of the code of the number of bins and of the first count.
  private static final int ORDER = 3;

  /// The largest count that is read. Thousands of additions to it do not overflow.
  public static final long MOST_SAMPLES = 1L << 50;

  private static final int FIRST_CAPACITY = 8;

  /// Most histograms of a fleet are empty, so these are made when first needed.
  private int[] bins = {};

  private long[] counts = {};
  private int size;
  private long total;

  /// The number of samples below each bin, computed when needed.
  private long[] below = {};

  private boolean belowKnown;

  /// @param count above 0
  public void add(int bin, long count) {
    int i = Arrays.binarySearch(bins, 0, size, bin);
    if (i < 0) {
      i = -i - 1;
      reserve(size + 1);
      System.arraycopy(bins, i, bins, i + 1, size - i);
      System.arraycopy(counts, i, counts, i + 1, size - i);
      bins[i] = bin;
      counts[i] = 0;
      size++;
      belowKnown = false;
    }
    counts[i] += count;
    total += count;
    for (int j = i + 1; belowKnown && j < size; j++) {
      below[j] += count;
    }
  }

  /// Adds all counts of `other`, which must be another object.
  public void add(Histogram other) {
    if (other.size == 0) {
      return;
    }
    int common = 0;
    for (int i = 0, j = 0; i < size && j < other.size; ) {
      int order = Integer.compare(bins[i], other.bins[j]);
      common += order == 0 ? 1 : 0;
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    int to = size + other.size - common;
    reserve(to);
    int from = size - 1;
    size = to--;
    // From the last bin on: so none is overwritten before it is merged.
    for (int j = other.size - 1; j >= 0; to--) {
      if (from >= 0 && bins[from] > other.bins[j]) {
        bins[to] = bins[from];
        counts[to] = counts[from--];
      } else {
        boolean both = from >= 0 && bins[from] == other.bins[j];
        bins[to] = other.bins[j];
        counts[to] = other.counts[j--] + (both ? counts[from--] : 0);
      }
    }
    total += other.total;
    belowKnown = false;
  }

  private void reserve(int capacity) {
    if (capacity > bins.length) {
      int grown = Math.max(capacity, Math.max(FIRST_CAPACITY, 2 * size));
      bins = Arrays.copyOf(bins, grown);
      counts = Arrays.copyOf(counts, grown);
    }
  }

  /// Adds a bin above all others.
  private void append(int bin, long count) {
    reserve(size + 1);
    bins[size] = bin;
    counts[size++] = count;
    total += count;
    belowKnown = false;
  }

  /// Subtracts `other`, which must be contained in this histogram.
  public void subtract(Histogram other) {
    for (int i = 0; i < other.size; i++) {
      subtract(other.bins[i], other.counts[i]);
    }
  }

  public void subtract(int bin, long count) {
    int i = Arrays.binarySearch(bins, 0, size, bin);
    if (i < 0 || counts[i] < count) {
      throw new IllegalArgumentException("bin " + bin + " does not hold " + count + " samples");
    }
    counts[i] -= count;
    total -= count;
    belowKnown = false;
    if (counts[i] == 0) {
      size--;
      System.arraycopy(bins, i + 1, bins, i, size - i);
      System.arraycopy(counts, i + 1, counts, i, size - i);
    }
  }

  public boolean contains(Histogram other) {
    for (int i = 0; i < other.size; i++) {
      if (at(other.bins[i]) < other.counts[i]) {
        return false;
      }
    }
    return true;
  }

  public void clear() {
    size = 0;
    total = 0;
    belowKnown = false;
  }

  public void replaceBy(Histogram other) {
    clear();
    add(other);
  }

  public Histogram copy() {
    var copy = new Histogram();
    copy.add(this);
    return copy;
  }

  public Histogram plus(Histogram other) {
    var sum = copy();
    sum.add(other);
    return sum;
  }

  /// This histogram minus `other`, with each count at least 0.
  public Histogram without(Histogram other) {
    var rest = new Histogram();
    rest.reserve(size);
    int j = 0;
    for (int i = 0; i < size; i++) {
      while (j < other.size && other.bins[j] < bins[i]) {
        j++;
      }
      boolean both = j < other.size && other.bins[j] == bins[i];
      long count = counts[i] - (both ? other.counts[j] : 0);
      if (count > 0) {
        rest.append(bins[i], count);
      }
    }
    return rest;
  }

  /// Scales down to `target` samples, if there are more. It rounds the running sum instead of each
  /// bin. So the total is exact and no quantile moves by more than one sample, however many bins
  /// hold a single one.
  public void scaleDownTo(long target) {
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
    belowKnown = false;
  }

  public long total() {
    return total;
  }

  public boolean isEmpty() {
    return total == 0;
  }

  /// The number of bins that are not empty.
  public int size() {
    return size;
  }

  /// @param index from 0, below [#size()], in ascending order of bins
  public int binAt(int index) {
    return bins[index];
  }

  public long countAt(int index) {
    return counts[index];
  }

  public long at(int bin) {
    int i = find(bin);
    return i < 0 ? 0 : countAt(i);
  }

  /// The index of a bin, or `−i − 1` if it is empty, where i is the index of the next higher bin.
  public int find(int bin) {
    return Arrays.binarySearch(bins, 0, size, bin);
  }

  /// The number of samples in higher bins than the one that was searched for.
  ///
  /// @param found the result of [#find]
  public long above(int found) {
    int next = found < 0 ? -found - 1 : found + 1;
    return next == size ? 0 : total - below()[next];
  }

  private long[] below() {
    if (!belowKnown) {
      if (below.length < size) {
        below = new long[bins.length];
      }
      long sum = 0;
      for (int i = 0; i < size; i++) {
        below[i] = sum;
        sum += counts[i];
      }
      belowKnown = true;
    }
    return below;
  }

  /// The bin coordinate below which `rank` samples lie. Samples are taken to be evenly spread
  /// within their bin.
  ///
  /// @param rank from 0 to the total, of a histogram that is not empty
  public double coordinateAtRank(double rank) {
    int i = indexAtRank(rank);
    return bins[i] + Math.min(1, (rank - below()[i]) / counts[i]);
  }

  /// The bin that [#coordinateAtRank] lies in.
  public int binAtRank(double rank) {
    return bins[indexAtRank(rank)];
  }

  private int indexAtRank(double rank) {
    double left = rank;
    int i = 0;
    while (i < size - 1 && left > counts[i]) {
      left -= counts[i++];
    }
    return i;
  }

  /// Writes the number of bins, then for each bin its distance from the one before (from −1 for the
  /// first) and its count. The order of the code of a count follows from the count before it,
  /// because neighbouring bins have similar counts: 150 bins of 20,000 samples take about 150
  /// bytes.
  public void writeTo(BitWriter out) {
    out.number(size, ORDER);
    int last = -1;
    int order = ORDER;
    for (int i = 0; i < size; i++) {
      out.number(bins[i] - last - 1L, 0);
      out.number(counts[i] - 1, order);
      last = bins[i];
      order = orderAfter(counts[i]);
    }
  }

  /// @throws IllegalArgumentException if the bits are not a histogram; the message says why
  public static Histogram readFrom(BitReader in) {
    var histogram = new Histogram();
    int lastBin = Bins.FINE.last();
    long size = in.number(ORDER, lastBin + 1L, "number of bins");
    int bin = -1;
    int order = ORDER;
    for (int i = 0; i < size; i++) {
      bin += 1 + (int) in.number(0, lastBin, "distance of bins");
      if (bin > lastBin) {
        throw in.corrupt("bin " + bin + ", at most " + lastBin);
      }
      long count = 1 + in.number(order, MOST_SAMPLES, "count");
      histogram.append(bin, count);
      order = orderAfter(count);
    }
    return histogram;
  }

  private static int orderAfter(long count) {
    return Math.max(0, Long.SIZE - 2 - Long.numberOfLeadingZeros(count));
  }
}
