/// Building blocks of the detector's state, and their serialised form: excursions and the onset
/// that follows from one, kept samples, running means, times.
///
/// Each type writes and reads itself, so that its fields stay private. Knows histograms and
/// evidence, but no key, tier or alert.
@NullMarked
package io.halfsecond.streams.detector.state;

import org.jspecify.annotations.NullMarked;
