package io.halfsecond.streams.simulation;

/// The standard normal distribution.
public final class Normal {
  private static final double HALF_LOG_2_PI = 0.5 * StrictMath.log(2 * Math.PI);

  /// Beyond this, the series below loses all digits. e^-32 is negligible in all tables.
  private static final double FARTHEST = 8;

  private Normal() {}

  public static double logDensity(double z) {
    return -z * z / 2 - HALF_LOG_2_PI;
  }

  /// Probability of a value below z, to 15 decimals (Marsaglia, Evaluating the Normal Distribution,
  /// J. Stat. Software 11).
  public static double below(double z) {
    if (z <= -FARTHEST || z >= FARTHEST) {
      return z < 0 ? 0 : 1;
    }
    double sum = z;
    double term = z;
    double before = 0;
    for (int i = 3; sum != before; i += 2) {
      before = sum;
      term *= z * z / i;
      sum += term;
    }
    return 0.5 + sum * StrictMath.exp(logDensity(z));
  }

  /// The value z such that a value is below z with probability p, 0 < p < 1.
  public static double quantile(double p) {
    double low = -FARTHEST;
    double high = FARTHEST;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (below(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
