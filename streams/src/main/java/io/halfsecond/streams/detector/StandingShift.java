package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;

/// A shift whose acceptance was rolled back. It may still be there: then the next alert is about
/// it, and not about a shift that began with the roll-back.
///
/// @param samples those since its onset
/// @param until event time of the last sample before the roll-back, microseconds since the epoch.
///   Samples until then were compared with the accepted baseline, so none is known to be normal
record StandingShift(ShiftSoFar shift, Histogram samples, long until) {

  /// Whether no sample since the roll-back was certainly normal before the open shift.
  boolean goesOnAs(OpenShift open) {
    return open.direction == shift.direction() && open.onsetNotBefore <= until;
  }
}
