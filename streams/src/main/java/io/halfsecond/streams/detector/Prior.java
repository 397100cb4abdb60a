package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Distribution;
import io.halfsecond.streams.histogram.Histogram;
import java.util.List;

/// The prior distribution that a cohort gives to a host with few samples of its own.
///
/// @param logMedian mean of the logarithms of the hosts' medians
/// @param logMedianSd their standard deviation
/// @param shape evenly spaced, ascending quantiles of the logarithm of a sample divided by the
///   median of its host
public record Prior(double logMedian, double logMedianSd, List<Double> shape) {
  /// How many samples a key borrows from its cohort.
  static final int PSEUDO_COUNTS = 100;

  /// A key with this many samples of its own borrows none.
  static final long UNTIL = 1_000;

  /// Below this many samples of its own, the uncertainty of the median of a host matters.
  private static final long UNCERTAIN_BELOW = 20;

  /// Least standard deviation that is assumed.
  private static final double LEAST_SD = 1e-3;

  /// Variance of the median of normal samples divided by that of their mean: π/2.
  private static final double MEDIAN_VARIANCE = Math.PI / 2;

  private static final double NORMAL_QUARTILES = 1.349;

  public Prior {
    shape = List.copyOf(shape);
    if (shape.size() < 2) {
      throw new IllegalArgumentException(
          "a prior's shape needs 2 quantiles at least, not " + shape.size());
    }
    for (int i = 0; i < shape.size(); i++) {
      if (!Double.isFinite(shape.get(i)) || (i > 0 && shape.get(i) < shape.get(i - 1))) {
        throw new IllegalArgumentException(
            "a prior's shape must be finite and ascending: " + shape);
      }
    }
    if (!Double.isFinite(logMedian)
        || !(logMedianSd >= 0 && logMedianSd < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a prior's location must be finite: %s ± %s".formatted(logMedian, logMedianSd));
    }
  }

  /// The posterior of the median of a host (normal prior, normal likelihood).
  record Location(double log, double sd) {}

  /// @param own samples of the key that are not suspected to be shifted
  Location location(Histogram own, Bins bins) {
    double priorPrecision = 1 / square(Math.max(LEAST_SD, logMedianSd));
    if (own.isEmpty()) {
      return new Location(logMedian, 1 / Math.sqrt(priorPrecision));
    }
    double precision = own.total() / (MEDIAN_VARIANCE * square(Math.max(LEAST_SD, spread())));
    double ownLog = StrictMath.log(Math.max(1, new Distribution(own, bins).median()));
    double sum = priorPrecision + precision;
    return new Location(
        (logMedian * priorPrecision + ownLog * precision) / sum, 1 / Math.sqrt(sum));
  }

  /// 100 samples of the shape of the cohort around this median.
  Histogram samples(Location location, Bins bins) {
    var samples = new Histogram();
    for (int i = 0; i < PSEUDO_COUNTS; i++) {
      samples.add(
          bins.binOf(StrictMath.exp(location.log() + quantile((i + 0.5) / PSEUDO_COUNTS))), 1);
    }
    return samples;
  }

  /// The dead zone, widened by the uncertainty of the median.
  static DeadZone widened(DeadZone zone, Location location, long ownSamples) {
    return ownSamples < UNCERTAIN_BELOW ? zone.widenedBy(2 * location.sd()) : zone;
  }

  private double spread() {
    return (quantile(0.75) - quantile(0.25)) / NORMAL_QUARTILES;
  }

  private double quantile(double q) {
    double at = q * (shape.size() - 1);
    int i = Math.min((int) at, shape.size() - 2);
    return shape.get(i) + (at - i) * (shape.get(i + 1) - shape.get(i));
  }

  private static double square(double x) {
    return x * x;
  }
}
