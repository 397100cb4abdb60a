package io.halfsecond.streams.detector;

/// A distribution in four figures.
///
/// Quantiles are read off a histogram with bins 3 % wide, interpolated within the bin: within 0.5 % for a spread of
/// 5 % or more, within 1.5 % (half a bin) for measurements that are all equal.
///
/// @param count how many samples
/// @param p50 median, nanoseconds
/// @param p95 95th percentile, nanoseconds
/// @param p99 99th percentile, nanoseconds
public record Summary(long count, double p50, double p95, double p99) {}
