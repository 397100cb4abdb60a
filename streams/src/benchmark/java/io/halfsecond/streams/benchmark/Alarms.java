package io.halfsecond.streams.benchmark;

import java.util.Locale;
import java.util.function.DoublePredicate;

/// False alarms counted over some host-years.
record Alarms(long count, double years) {
  /// In each tail.
  private static final double BEYOND = 0.025;

  private static final int BISECTIONS = 60;

  Alarms plus(Alarms other) {
    return new Alarms(count + other.count, years + other.years);
  }

  double rate() {
    return count / years;
  }

  /// Lower end of the exact 95 % interval of a Poisson rate (Garwood, Fiducial Limits for the
  /// Poisson Distribution, Biometrika 28, 1936): with that many expected, so many or more are as
  /// rare as 2.5 %.
  double low() {
    return count == 0 ? 0 : least(mean -> 1 - upTo(count - 1, mean) >= BEYOND) / years;
  }

  /// Upper end: with that many expected, so few are as rare.
  double high() {
    return least(mean -> upTo(count, mean) <= BEYOND) / years;
  }

  private double least(DoublePredicate reached) {
    double around = 6 * Math.sqrt((double) count) + 10;
    double low = Math.max(0, count - around);
    double high = count + around;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (reached.test(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return (low + high) / 2;
  }

  /// Probability of n or fewer: summed up from n downwards, for the first terms underflow.
  private static double upTo(long n, double mean) {
    double logTerm = -mean;
    for (long k = 1; k <= n; k++) {
      logTerm += StrictMath.log(mean / k);
    }
    double last = StrictMath.exp(logTerm);
    double sum = 0;
    double term = 1;
    for (long k = n; k >= 0 && term > 1e-17 * sum; k--) {
      sum += term;
      term *= k / mean;
    }
    return Math.min(1, last * sum);
  }

  /// The rate and its interval.
  String text() {
    return "%s [%s, %s]".formatted(number(rate()), number(low()), number(high()));
  }

  private static String number(double x) {
    return String.format(
        Locale.ROOT, x == 0 ? "%.0f" : x < 1 ? "%.2f" : x < 10 ? "%.1f" : "%,.0f", x);
  }
}
