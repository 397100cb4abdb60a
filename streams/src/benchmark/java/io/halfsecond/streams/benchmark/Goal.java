package io.halfsecond.streams.benchmark;

/// What was to be reached, and what was.
record Goal(String item, String target, String measured, boolean met) {
  /// Of the median and the 95th percentile.
  static Goal delay(String item, Delays delays, int median, int p95, String unit) {
    return new Goal(item, "median ≤ %d, p95 ≤ %d %s".formatted(median, p95, unit), delays.text(),
      delays.median() <= median && delays.p95() <= p95);
  }

  /// Of the median.
  static Goal delay(String item, Delays delays, int median, String unit) {
    return new Goal(item, "≤ %s %s".formatted(Delays.thousands(median), unit), delays.text(),
      delays.median() <= median);
  }
}
