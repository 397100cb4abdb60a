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

  /// The share of the samples that are in each of these bins or below it.
  private final double[] shares;

  /// For each cell of the [PValueGrid], the value whose p-value is its upper edge: ranked from
  /// above, and from below. Computed when first needed.
  private double[] highs = {};

  private double[] lows = {};

  /// NaN if not computed yet.
  private double median = Double.NaN;

  private double spread = Double.NaN;

  private EmpiricalCdf(double[] from, double[] to, double[] below) {
    this.from = from;
    this.to = to;
    this.below = below;
    this.shares = new double[from.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = below[i + 1] / size();
    }
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
    return shareBelow(value, found < 0 ? -found - 2 : found);
  }

  double above(double value) {
    return 1 - below(value);
  }

  /// For each value, the mean of the shares of the samples above `value − near` and above `value −
  /// far`, up to the first mean that is 1: so are those behind it.
  ///
  /// @param values descending
  /// @param means gets them
  /// @return how many there are
  int above(double[] values, double near, double far, double[] means) {
    int i = from.length - 1;
    int k = i;
    for (int j = 0; j < values.length; j++) {
      double nearer = values[j] - near;
      while (i >= 0 && from[i] > nearer) {
        i--;
      }
      double farther = values[j] - far;
      while (k >= 0 && from[k] > farther) {
        k--;
      }
      means[j] = ((1 - shareBelow(nearer, i)) + (1 - shareBelow(farther, k))) / 2;
      if (i < 0 && k < 0) {
        return j + 1;
      }
    }
    return values.length;
  }

  /// The same for the shares below `value + near` and below `value + far`.
  ///
  /// @param values ascending
  int below(double[] values, double near, double far, double[] means) {
    int last = from.length - 1;
    int i = -1;
    int k = -1;
    for (int j = 0; j < values.length; j++) {
      double nearer = values[j] + near;
      while (i < last && from[i + 1] <= nearer) {
        i++;
      }
      double farther = values[j] + far;
      while (k < last && from[k + 1] <= farther) {
        k++;
      }
      means[j] = (shareBelow(nearer, i) + shareBelow(farther, k)) / 2;
      if (means[j] == 1) {
        return j + 1;
      }
    }
    return values.length;
  }

  /// @param i the last bin whose lower edge is not above the value; −1 for none
  private double shareBelow(double value, int i) {
    if (i < 0) {
      return 0;
    }
    if (value >= to[i]) {
      return shares[i];
    }
    double part = (value - from[i]) / (to[i] - from[i]);
    return (below[i] + part * (below[i + 1] - below[i])) / size();
  }

  /// The value below which a share q of the samples lies.
  double quantile(double q) {
    double rank = q * size();
    int found = Arrays.binarySearch(below, rank);
    return valueAt(rank, found < 0 ? -found - 2 : found);
  }

  /// @param found the last bin below which at most so many samples lie
  private double valueAt(double rank, int found) {
    int i = Math.clamp(found, 0, from.length - 1);
    double width = below[i + 1] - below[i];
    double part = width > 0 ? Math.clamp((rank - below[i]) / width, 0, 1) : 0;
    return from[i] + part * (to[i] - from[i]);
  }

  /// By cell, descending. Must not be modified.
  double[] highs() {
    if (highs.length == 0) {
      highs = new double[PValueGrid.CELLS];
      int i = below.length - 1;
      for (int cell = 0; cell < highs.length; cell++) {
        double rank = (1 - PValueGrid.share(cell, size())) * size();
        while (i >= 0 && below[i] > rank) {
          i--;
        }
        highs[cell] = valueAt(rank, i);
      }
    }
    return highs;
  }

  /// By cell, ascending. Must not be modified.
  double[] lows() {
    if (lows.length == 0) {
      lows = new double[PValueGrid.CELLS];
      int i = -1;
      for (int cell = 0; cell < lows.length; cell++) {
        double rank = PValueGrid.share(cell, size()) * size();
        while (i + 1 < below.length && below[i + 1] <= rank) {
          i++;
        }
        lows[cell] = valueAt(rank, i);
      }
    }
    return lows;
  }

  double median() {
    if (Double.isNaN(median)) {
      median = quantile(0.5);
    }
    return median;
  }

  /// The standard deviation of the normal distribution with the same interquartile range.
  double spread() {
    if (Double.isNaN(spread)) {
      spread =
          Math.max((quantile(0.75) - quantile(0.25)) / NORMAL_QUARTILES, LEAST_SPREAD * median());
    }
    return spread;
  }
}
