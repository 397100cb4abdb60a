/// The meters of the topology.
@NullMarked
package io.halfsecond.streams.metric;

import org.jspecify.annotations.NullMarked;
