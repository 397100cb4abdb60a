package io.halfsecond.streams.detector;

import java.time.Instant;
import java.util.List;

/// Watches keys for a change.
public final class Detector {
  private final DetectorSettings settings;

  public Detector(DetectorSettings settings) {
    this.settings = settings;
  }

  /// The evidence, in days, at which a key with these settings raises an alert.
  public double limitDays(SignalSettings signal) {
    return settings.limitDays(signal);
  }

  /// Scores a sample, then learns it. First closes the block before it, if the sample begins another.
  ///
  /// @return the steps that closing the block led to, oldest first
  public List<AlertStep> observe(KeyState state, SignalSettings signal, Sample sample) {
    return List.of();
  }

  /// Closes the open block if it ended at or before `now`, event time. Needs calling where no further sample may come.
  ///
  /// @return the steps that this led to, oldest first
  public List<AlertStep> advance(KeyState state, SignalSettings signal, Instant now) {
    return List.of();
  }
}
