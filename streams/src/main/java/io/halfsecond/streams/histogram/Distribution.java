package io.halfsecond.streams.histogram;

/// The quantiles of a histogram, and the confidence interval of its median.
///
/// @param samples not empty
public record Distribution(Histogram samples, Bins bins) {
  /// The 97.5 % quantile of the standard normal distribution.
  private static final double QUANTILE_975 = 1.959964;

  public double median() {
    return quantile(0.5);
  }

  /// Interpolated within the bin. If all samples are in one bin, the error is at most half a bin.
  public double quantile(double q) {
    return bins.valueAt(samples.coordinateAtRank(q * samples.total()));
  }

  /// The lower end of the 95 % interval of the median. Its ends are the order statistics at n/2 ±
  /// 1.96·√n/2 (binomial ranks in the normal approximation), rounded outwards to whole ranks and to
  /// the edges of their bins. Below 6 samples, they are the extremes.
  public double lowMedian() {
    double n = samples.total();
    double rank = Math.max(0, (n - QUANTILE_975 * Math.sqrt(n) - 1) / 2);
    return bins.valueAt(samples.binAtRank(rank));
  }

  /// The upper end of that interval.
  public double highMedian() {
    double n = samples.total();
    double rank = Math.min(n, (n + QUANTILE_975 * Math.sqrt(n) + 1) / 2);
    return bins.valueAt(samples.binAtRank(rank) + 1.0);
  }
}
