/// Seeded simulations with known truth: series of measurements, other detectors, and theoretical
/// bounds. All values are in milliseconds.
@NullMarked
package io.halfsecond.streams.simulation;

import org.jspecify.annotations.NullMarked;
