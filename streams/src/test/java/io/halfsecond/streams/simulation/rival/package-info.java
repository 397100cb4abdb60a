/// Other change detectors, for comparison.
@NullMarked
package io.halfsecond.streams.simulation.rival;

import org.jspecify.annotations.NullMarked;
