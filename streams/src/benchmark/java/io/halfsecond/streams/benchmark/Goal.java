package io.halfsecond.streams.benchmark;

/// What was to be reached, and what was.
///
/// @param whyNot the reason, if it is known not to be met
record Goal(String item, String target, String measured, Verdict verdict, String whyNot) {
  /// Whether it was.
  enum Verdict {
    YES("yes"),
    NO("**no**"),
    /** What was simulated is too little to tell. */
    OPEN("not shown");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  Goal(String item, String target, String measured, boolean met) {
    this(item, target, measured, met ? Verdict.YES : Verdict.NO, "");
  }

  /// Of the median and the 95th percentile.
  static Goal delay(String item, Delays delays, int median, int p95, String unit) {
    return new Goal(
        item,
        "median ≤ %d, p95 ≤ %d %s".formatted(median, p95, unit),
        delays.text(),
        delays.median() <= median && delays.p95() <= p95);
  }

  /// Of the median.
  static Goal delay(String item, Delays delays, int median, String unit) {
    return new Goal(
        item,
        "median ≤ %s %s".formatted(Delays.thousands(median), unit),
        delays.text(),
        delays.median() <= median);
  }

  /// At most one false alarm a host-year: with the whole of the interval.
  static Goal rare(String item, Alarms alarms) {
    var verdict = alarms.high() <= 1 ? Verdict.YES : alarms.low() > 1 ? Verdict.NO : Verdict.OPEN;
    return new Goal(item, "≤ 1 a host-year", alarms.text(), verdict, "");
  }

  /// What keeps it from being met, where something does.
  Goal unless(String reason) {
    return new Goal(item, target, measured, verdict, reason);
  }
}
