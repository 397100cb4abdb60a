package io.halfsecond.streams.simulation.rival;

/// Another detector, on one key. It has been trained and says after each sample how suspicious it
/// is: it alarms where that reaches a threshold.
public interface Rival {
  /// @return the statistic
  double observe(double second, double millis);

  /// Starts over with the same training, after an alarm.
  void forget();
}
