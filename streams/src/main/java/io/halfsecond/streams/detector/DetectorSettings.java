package io.halfsecond.streams.detector;

import java.time.Duration;

/// What holds for all keys.
///
/// @param maxFalseAlarmsPerHostYear the one promise: a host raises at most this many false alarms in a year, on average
/// @param block event time that makes up one vote, at least a millisecond. Samples closer together than bursts last
///   are not independent: a block must be longer than a burst.
/// @param deadZone relative shifts smaller than this are not worth an alert: 0.10 is 10 %
/// @param quarantine how long samples are pending before they are committed to the baseline
/// @param quarantineSamples how many samples must be pending to be committed after one quarantine; half as many after
///   two, a third after three, so that sparse keys commit too
/// @param baselineSamples the committed baseline is scaled down to this many samples, so that it can follow
public record DetectorSettings(double maxFalseAlarmsPerHostYear, Duration block, double deadZone,
  Duration quarantine,
  int quarantineSamples, int baselineSamples) {

  public DetectorSettings {
    if (!(maxFalseAlarmsPerHostYear > 0 && maxFalseAlarmsPerHostYear < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
        "maxFalseAlarmsPerHostYear must be above 0 and finite, not " + maxFalseAlarmsPerHostYear);
    }
    if (block.compareTo(Duration.ofMillis(1)) < 0 || block.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("block must be from 1 ms to a day, not " + block);
    }
    if (!(deadZone >= 0 && deadZone < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("deadZone must be finite and at least 0, not " + deadZone);
    }
    if (quarantine.isNegative() || quarantine.isZero()) {
      throw new IllegalArgumentException("quarantine must be positive, not " + quarantine);
    }
    if (quarantineSamples < 1) {
      throw new IllegalArgumentException("quarantineSamples must be at least 1, not " + quarantineSamples);
    }
    if (baselineSamples < 100) {
      throw new IllegalArgumentException("baselineSamples must be at least 100, not " + baselineSamples);
    }
  }

  /// One false alarm per host and year; blocks of a minute; shifts from 10 % on; a week and 5,000 samples of
  /// quarantine; a baseline of 20,000 samples.
  public static DetectorSettings defaults() {
    return new DetectorSettings(1, Duration.ofMinutes(1), 0.10, Duration.ofDays(7), 5_000, 20_000);
  }

  /// The evidence, in days, at which a key with this share of the budget raises an alert.
  double limitDays(SignalSettings signal) {
    return 365.25 / (maxFalseAlarmsPerHostYear * signal.budgetShare());
  }
}
