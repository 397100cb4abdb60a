package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Arrays;

/// A histogram as a continuous distribution that can be asked quickly: what bets are made from.
///
/// Within a bin, samples count as evenly spread on the logarithmic scale. Not empty.
final class Shape {
  /// Between the quartiles of the standard normal distribution.
  private static final double NORMAL_QUARTILES = 1.349;
  /// A spread smaller than this share of the median is an artefact of the bins.
  private static final double LEAST_SPREAD = 0.002;

  private final Bins scale;
  private final int[] bins;
  /// How many samples lie below each bin; in the end, all.
  private final double[] below;
  private final double total;

  static Shape of(Bins scale, Histogram samples) {
    var bins = new int[samples.size()];
    var below = new double[samples.size() + 1];
    for (int i = 0; i < bins.length; i++) {
      bins[i] = samples.binAt(i);
      below[i + 1] = below[i] + samples.countAt(i);
    }
    return new Shape(scale, bins, below);
  }

  private Shape(Bins scale, int[] bins, double[] below) {
    this.scale = scale;
    this.bins = bins;
    this.below = below;
    this.total = below[bins.length];
  }

  /// Share of the samples below a value.
  double below(double value) {
    double coordinate = scale.coordinateOf(value);
    int bin = (int) coordinate;
    int i = Arrays.binarySearch(bins, bin);
    double count = i < 0 ? below[-i - 1] : below[i] + (coordinate - bin) * (below[i + 1] - below[i]);
    return count / total;
  }

  double above(double value) {
    return 1 - below(value);
  }

  /// The value below which a share q of the samples lies.
  double quantile(double q) {
    return scale.valueAt(coordinate(q));
  }

  private double coordinate(double q) {
    double rank = q * total;
    int i = Arrays.binarySearch(below, rank);
    int bin = Math.clamp(i < 0 ? -i - 2 : i, 0, bins.length - 1);
    double width = below[bin + 1] - below[bin];
    return bins[bin] + (width > 0 ? Math.min(1, (rank - below[bin]) / width) : 0);
  }

  double size() {
    return total;
  }

  double median() {
    return quantile(0.5);
  }

  /// What the standard deviation would be if the middle half were that of a normal distribution.
  double spread() {
    return Math.max((quantile(0.75) - quantile(0.25)) / NORMAL_QUARTILES, LEAST_SPREAD * median());
  }
}
