package io.halfsecond.streams.benchmark;

/// What was to be reached, and what was.
///
/// @param whyNot the reason, if it is known not to be met
record Goal(String item, String target, String measured, boolean met, String whyNot) {
  Goal(String item, String target, String measured, boolean met) {
    this(item, target, measured, met, "");
  }

  /// Of the median and the 95th percentile.
  static Goal delay(String item, Delays delays, int median, int p95, String unit) {
    return new Goal(item, "median ≤ %d, p95 ≤ %d %s".formatted(median, p95, unit), delays.text(),
      delays.median() <= median && delays.p95() <= p95);
  }

  /// Of the median.
  static Goal delay(String item, Delays delays, int median, String unit) {
    return new Goal(item, "median ≤ %s %s".formatted(Delays.thousands(median), unit), delays.text(),
      delays.median() <= median);
  }

  /// What keeps it from being met, where something does.
  Goal unless(String reason) {
    return new Goal(item, target, measured, met, reason);
  }
}
