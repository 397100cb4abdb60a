package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;
import java.util.Optional;

/// The baseline that was in force before a change was accepted, for the case that it should not
/// have been.
///
/// @param openedAt of the alert that was accepted, microseconds since the epoch
record Former(long openedAt, Histogram baseline, Optional<Anchor> anchor) {}
