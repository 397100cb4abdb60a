package io.halfsecond.streams.gate;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Differences of two times in bins, of which sums are exact. Only bins that are not empty are
/// kept.
///
/// Bin 0 holds what lies within 10 µs of 0. Bin i > 0 begins at 10 µs · 1.01^(i−1), and bin −i is
/// its mirror image.
///
/// @param counts by bin, above 0
public record Differences(SortedMap<Integer, Long> counts) {
  private static final double FLOOR_NANOS = 10_000;
  private static final double LOG_WIDTH = Math.log(1.01);

  public Differences {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    counts.forEach(
        (bin, count) -> {
          if (count < 1) {
            throw new IllegalArgumentException("bin %d has a count of %d".formatted(bin, count));
          }
        });
  }

  static Differences of(Iterable<Float> nanos) {
    var counts = new TreeMap<Integer, Long>();
    nanos.forEach(each -> counts.merge(bin(each), 1L, Long::sum));
    return new Differences(counts);
  }

  /// Both together.
  public Differences plus(Differences other) {
    var sum = new TreeMap<Integer, Long>(counts);
    other.counts.forEach((bin, count) -> sum.merge(bin, count, Long::sum));
    return new Differences(sum);
  }

  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static int bin(double nanos) {
    double size = Math.abs(nanos);
    if (size < FLOOR_NANOS) {
      return 0;
    }
    int bin = 1 + (int) Math.floor(Math.log(size / FLOOR_NANOS) / LOG_WIDTH);
    return nanos < 0 ? -bin : bin;
  }

  /// The lower edge of a bin.
  private static double low(int bin) {
    return bin > 0 ? FLOOR_NANOS * Math.exp((bin - 1) * LOG_WIDTH) : -high(-bin);
  }

  /// The upper edge.
  private static double high(int bin) {
    return bin >= 0 ? FLOOR_NANOS * Math.exp(bin * LOG_WIDTH) : -low(-bin);
  }

  /// The middle of the bin of the median; NaN if there are no differences.
  double median() {
    int bin = at((total() + 1) / 2);
    return total() == 0 ? Double.NaN : (low(bin) + high(bin)) / 2;
  }

  /// At most as large as the difference of a rank.
  ///
  /// @param rank from 1, by size
  /// @return minus infinity for a rank below 1
  double lowOf(long rank) {
    return rank < 1 ? Double.NEGATIVE_INFINITY : low(at(rank));
  }

  /// At least as large as the difference of a rank.
  ///
  /// @return infinity for a rank beyond the last
  double highOf(long rank) {
    return rank > total() ? Double.POSITIVE_INFINITY : high(at(rank));
  }

  private int at(long rank) {
    long left = rank;
    int last = 0;
    for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
      last = entry.getKey();
      left -= entry.getValue();
      if (left <= 0) {
        break;
      }
    }
    return last;
  }
}
