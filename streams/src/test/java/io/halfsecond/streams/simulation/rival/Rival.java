package io.halfsecond.streams.simulation.rival;

/// Another detector, trained on one key. It computes a statistic after each sample, and alarms when
/// that reaches a threshold.
public interface Rival {
  /// @return the statistic
  double observe(double second, double millis);

  /// Starts over after an alarm, with the same training.
  void forget();
}
