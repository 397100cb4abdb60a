/// The change-point detector: says that one signal of one host has moved, by how much and since
/// when.
///
/// Plain Java over [io.halfsecond.streams.detector.KeyState]: no clock, thread, file or Kafka. The
/// same samples in the same order give the same steps and the same bytes of state.
@NullMarked
package io.halfsecond.streams.detector;

import org.jspecify.annotations.NullMarked;
