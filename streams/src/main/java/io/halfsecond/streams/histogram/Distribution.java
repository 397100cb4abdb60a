package io.halfsecond.streams.histogram;

/// What a histogram says about values: quantiles of it, and intervals of its median.
///
/// @param samples not empty
public record Distribution(Histogram samples, Bins bins) {
  /// Of the standard normal distribution.
  private static final double QUANTILE_975 = 1.959964;

  public double median() {
    return quantile(0.5);
  }

  /// Interpolated within the bin: off by half a bin at most where all samples share one.
  public double quantile(double q) {
    return bins.valueAt(samples.coordinateAtRank(q * samples.total()));
  }

  /// Ends of the 95 % interval of the median: the order statistics at n/2 ± 1.96·√n/2 (binomial
  /// ranks in the normal approximation), rounded outwards to whole ranks and to the edges of their
  /// bins. Below 6 samples, the extremes.
  public double lowMedian() {
    double n = samples.total();
    double rank = Math.max(0, (n - QUANTILE_975 * Math.sqrt(n) - 1) / 2);
    return bins.valueAt(samples.binAtRank(rank));
  }

  public double highMedian() {
    double n = samples.total();
    double rank = Math.min(n, (n + QUANTILE_975 * Math.sqrt(n) + 1) / 2);
    return bins.valueAt(samples.binAtRank(rank) + 1.0);
  }
}
