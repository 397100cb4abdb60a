package io.halfsecond.streams.detector.evidence;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Arrays;

/// The distribution function and the quantiles of a histogram, prepared for many evaluations. Bets
/// are constructed from it.
///
/// **Assumes** at least one sample. Samples are taken to be evenly spread within their bin.
public final class EmpiricalCdf {
  /// Distance between the quartiles of the standard normal distribution.
  private static final double NORMAL_QUARTILES = 1.349;

  /// A spread smaller than this share of the median is an artefact of the bins.
  private static final double LEAST_SPREAD = 0.002;

  /// Lower and upper edge of each bin that is not empty.
  private final double[] from;

  private final double[] to;

  /// The number of samples below each of these bins, then the number of all samples.
  private final double[] below;

  private EmpiricalCdf(double[] from, double[] to, double[] below) {
    this.from = from;
    this.to = to;
    this.below = below;
  }

  public static EmpiricalCdf of(Bins scale, Histogram samples) {
    double[] edges = scale.edges();
    var from = new double[samples.size()];
    var to = new double[samples.size()];
    var below = new double[samples.size() + 1];
    for (int i = 0; i < from.length; i++) {
      int bin = Math.min(samples.binAt(i), scale.last());
      from[i] = edges[bin];
      to[i] = edges[bin + 1];
      below[i + 1] = below[i] + samples.countAt(i);
    }
    return new EmpiricalCdf(from, to, below);
  }

  double size() {
    return below[from.length];
  }

  /// The share of the samples below a value.
  double below(double value) {
    int found = Arrays.binarySearch(from, value);
    return countBelow(value, found < 0 ? -found - 2 : found) / size();
  }

  double above(double value) {
    return 1 - below(value);
  }

  /// For each value, the share of the samples above `value − shift`.
  ///
  /// @param values descending
  double[] above(double[] values, double shift) {
    var shares = new double[values.length];
    int i = from.length - 1;
    for (int j = 0; j < values.length; j++) {
      double value = values[j] - shift;
      while (i >= 0 && from[i] > value) {
        i--;
      }
      shares[j] = 1 - countBelow(value, i) / size();
    }
    return shares;
  }

  /// For each value, the share of the samples below `value + shift`.
  ///
  /// @param values ascending
  double[] below(double[] values, double shift) {
    var shares = new double[values.length];
    int i = -1;
    for (int j = 0; j < values.length; j++) {
      double value = values[j] + shift;
      while (i + 1 < from.length && from[i + 1] <= value) {
        i++;
      }
      shares[j] = countBelow(value, i) / size();
    }
    return shares;
  }

  /// @param i the last bin whose lower edge is not above the value; −1 for none
  private double countBelow(double value, int i) {
    if (i < 0) {
      return 0;
    }
    double part = value >= to[i] ? 1 : (value - from[i]) / (to[i] - from[i]);
    return below[i] + part * (below[i + 1] - below[i]);
  }

  /// The value below which a share q of the samples lies.
  double quantile(double q) {
    double rank = q * size();
    int found = Arrays.binarySearch(below, rank);
    int i = Math.clamp(found < 0 ? -found - 2 : found, 0, from.length - 1);
    double width = below[i + 1] - below[i];
    double part = width > 0 ? Math.clamp((rank - below[i]) / width, 0, 1) : 0;
    return from[i] + part * (to[i] - from[i]);
  }

  double median() {
    return quantile(0.5);
  }

  /// The standard deviation of the normal distribution with the same interquartile range.
  double spread() {
    return Math.max((quantile(0.75) - quantile(0.25)) / NORMAL_QUARTILES, LEAST_SPREAD * median());
  }
}
