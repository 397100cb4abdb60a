package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;

/// What differs from signal to signal.
///
/// @param step shifts that are not worth a page
/// @param creep shifts that are not worth a ticket
/// @param share this key's share of its host's false alarms, above 0 and at most 1. The shares of a
///   host's keys should add up to at most 1.
public record SignalSettings(Bins bins, DeadZone step, DeadZone creep, double share) {
  public SignalSettings {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be above 0 and at most 1, not " + share);
    }
  }
}
