/// A seeded world in which it is known what is true: series of measurements, other people's
/// detectors, and what the best one could do. Everything is in milliseconds.
@NullMarked
package io.halfsecond.streams.simulation;

import org.jspecify.annotations.NullMarked;
