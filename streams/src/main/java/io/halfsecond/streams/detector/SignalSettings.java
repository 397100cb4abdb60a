package io.halfsecond.streams.detector;

/// What differs from signal to signal.
///
/// @param deadZoneNanos shifts smaller than this are not worth an alert; comes on top of
///   [DetectorSettings#deadZone]
/// @param budgetShare this key's share of its host's false alarms, above 0 and at most 1. The shares of a host's keys
///   should add up to at most 1.
public record SignalSettings(double deadZoneNanos, double budgetShare) {
  public SignalSettings {
    if (!(deadZoneNanos >= 0 && deadZoneNanos < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("deadZoneNanos must be finite and at least 0, not " + deadZoneNanos);
    }
    if (!(budgetShare > 0 && budgetShare <= 1)) {
      throw new IllegalArgumentException("budgetShare must be above 0 and at most 1, not " + budgetShare);
    }
  }
}
