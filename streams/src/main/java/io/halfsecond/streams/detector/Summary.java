package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Distribution;

/// A distribution in four figures.
///
/// Quantiles are those of a histogram, interpolated within the bin. With bins 3 % wide, their error
/// is at most 0.5 % for a spread of 5 % or more, and 1.5 % (half a bin) if all measurements are
/// equal.
///
/// @param count how many samples
/// @param p50 median, in the unit of the signal
/// @param p95 95th percentile
/// @param p99 99th percentile
public record Summary(long count, double p50, double p95, double p99) {
  public static Summary of(Distribution distribution) {
    return new Summary(
        distribution.samples().total(),
        distribution.median(),
        distribution.quantile(0.95),
        distribution.quantile(0.99));
  }

  Summary withCount(long samples) {
    return new Summary(samples, p50, p95, p99);
  }
}
