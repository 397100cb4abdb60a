/// The change-point detector: reports that one signal of one host has shifted, by how much and
/// since when. [Detector] is the entry point, [KeyState] is what it remembers about a key, and
/// [AlertStep] is what it reports.
///
/// The mathematics is in `evidence`, the building blocks of the state are in `state`. Neither knows
/// this package.
///
/// Plain Java: no clock, thread, file or Kafka. The same samples in the same order give the same
/// steps and the same bytes of state.
@NullMarked
package io.halfsecond.streams.detector;

import org.jspecify.annotations.NullMarked;
