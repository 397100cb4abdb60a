package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.Anchor;
import io.halfsecond.streams.detector.state.RunningMean;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;

/// The baseline that the last acceptance replaced, and the shift that was accepted, kept for a
/// roll-back.
///
/// @param openedAt when the accepted alert opened, microseconds since the epoch
/// @param waiting of the samples of that baseline
/// @param until event time of the last sample before the acceptance. Samples until then were
///   compared with that baseline, so none is known to be normal by the accepted one
record ReplacedBaseline(
    long openedAt,
    Histogram baseline,
    Optional<Anchor> anchor,
    RunningMean waiting,
    ShiftSoFar shift,
    long until) {

  /// Whether no sample since the acceptance was certainly normal before the open shift: then the
  /// accepted shift went on before it was accepted.
  boolean wasOvertakenBy(OpenShift open) {
    return open.onsetNotBefore <= until;
  }
}
