package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.Anchor;
import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;

/// The baseline that the last acceptance replaced, kept for a roll-back.
///
/// @param openedAt when the accepted alert opened, microseconds since the epoch
record ReplacedBaseline(long openedAt, Histogram baseline, Optional<Anchor> anchor) {}
