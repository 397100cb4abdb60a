package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Bins;

/// The settings of one signal.
///
/// @param step shifts that are too small for a page
/// @param creep shifts that are too small for a ticket
/// @param share of the key in the false alarms of its host, above 0 and at most 1. The shares of
///   the keys of a host should add up to at most 1.
public record SignalSettings(Bins bins, DeadZone step, DeadZone creep, double share) {
  public SignalSettings {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be above 0 and at most 1, not " + share);
    }
  }
}
