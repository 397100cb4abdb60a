package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Arrays;

/// A histogram as a continuous distribution that can be asked quickly: what bets are made from.
///
/// Within a bin, samples count as evenly spread. Not empty.
final class Shape {
  /// Between the quartiles of the standard normal distribution.
  private static final double NORMAL_QUARTILES = 1.349;

  /// A spread smaller than this share of the median is an artefact of the bins.
  private static final double LEAST_SPREAD = 0.002;

  /// Where each bin that holds anything begins and ends.
  private final double[] from;

  private final double[] to;

  /// How many samples lie below each of them; in the end, all.
  private final double[] below;

  private Shape(double[] from, double[] to, double[] below) {
    this.from = from;
    this.to = to;
    this.below = below;
  }

  static Shape of(Bins scale, Histogram samples) {
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
    return new Shape(from, to, below);
  }

  double size() {
    return below[from.length];
  }

  /// Share of the samples below a value.
  double below(double value) {
    int found = Arrays.binarySearch(from, value);
    return countBelow(value, found < 0 ? -found - 2 : found) / size();
  }

  double above(double value) {
    return 1 - below(value);
  }

  /// The shares above values that lie lower by `shift`.
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

  /// The shares below values that lie higher by `shift`.
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

  /// @param i the last bin that does not begin above the value; −1 for none
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

  /// What the standard deviation would be if the middle half were that of a normal distribution.
  double spread() {
    return Math.max((quantile(0.75) - quantile(0.25)) / NORMAL_QUARTILES, LEAST_SPREAD * median());
  }
}
