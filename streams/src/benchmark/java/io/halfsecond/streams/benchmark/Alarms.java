package io.halfsecond.streams.benchmark;

import java.util.Locale;

/// False alarms counted over some host-years.
record Alarms(long count, double years) {
  /// Of the standard normal distribution.
  private static final double QUANTILE_975 = 1.959964;

  Alarms plus(Alarms other) {
    return new Alarms(count + other.count, years + other.years);
  }

  double rate() {
    return count / years;
  }

  /// Lower end of the 95 % interval of the rate (Poisson, Byar's approximation: Breslow and Day 1987, 2.10).
  double low() {
    return count == 0 ? 0 : byar(count, -QUANTILE_975) / years;
  }

  double high() {
    return byar(count + 1, QUANTILE_975) / years;
  }

  private static double byar(double n, double z) {
    double root = 1 - 1 / (9 * n) + z / (3 * Math.sqrt(n));
    return n * root * root * root;
  }

  String text() {
    return "%s [%s, %s]".formatted(number(rate()), number(low()), number(high()));
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, x == 0 ? "%.0f" : x < 1 ? "%.2f" : x < 10 ? "%.1f" : "%,.0f", x);
  }
}
