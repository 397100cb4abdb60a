package io.halfsecond.streams.window;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// Counts in bins of equal width on a logarithmic scale, after DDSketch (Masson, Rim, Lee, VLDB 2019, section
/// 2): bin i holds γ^(i−1) < x ≤ γ^i with γ = (1 + α)/(1 − α), and a quantile is answered with 2γ^i/(γ + 1).
///
/// **Guarantees** every quantile is within α = 1 % of a sample of that rank; merging two histograms gives exactly
/// the histogram of all samples; the same samples in any order give the same bytes. Values below one nanosecond
/// count as one nanosecond. Not safe for use by several threads.
///
/// Sparse, because it is read and written with every record: a window of one host has some dozen bins.
final class LogHistogram {
  static final double ACCURACY = 0.01;

  private static final double GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
  private static final double LN_GAMMA = Math.log(GAMMA);

  private final TreeMap<Integer, Long> bins = new TreeMap<>();
  private long count;

  /// @param nanos at least 0
  void add(double nanos) {
    add((int) Math.ceil(Math.log(Math.max(1, nanos)) / LN_GAMMA), 1);
  }

  void merge(LogHistogram other) {
    other.bins.forEach(this::add);
  }

  private void add(int bin, long more) {
    bins.merge(bin, more, Long::sum);
    count += more;
  }

  long count() {
    return count;
  }

  /// The sample of rank ⌈q·count⌉, within 1 %.
  ///
  /// @param q in 0..1
  /// @throws IllegalStateException if there are no samples
  double quantile(double q) {
    long rank = Math.max(1, (long) Math.ceil(q * count));
    long seen = 0;
    for (Map.Entry<Integer, Long> bin : bins.entrySet()) {
      seen += bin.getValue();
      if (seen >= rank) {
        return 2 * Math.pow(GAMMA, bin.getKey()) / (GAMMA + 1);
      }
    }
    throw new IllegalStateException("no samples");
  }

  /// Number of bins, then each bin's index and count.
  void writeTo(DataOutput out) throws IOException {
    out.writeShort(bins.size());
    for (Map.Entry<Integer, Long> bin : bins.entrySet()) {
      out.writeShort(bin.getKey());
      out.writeLong(bin.getValue());
    }
  }

  static LogHistogram readFrom(DataInput in) throws IOException {
    var histogram = new LogHistogram();
    int size = in.readUnsignedShort();
    for (int i = 0; i < size; i++) {
      histogram.add(in.readShort(), in.readLong());
    }
    return histogram;
  }
}
