/// What else one could detect changes with.
@NullMarked
package io.halfsecond.streams.simulation.rival;

import org.jspecify.annotations.NullMarked;
