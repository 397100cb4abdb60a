/// The thread between the sources and the emitter.
@NullMarked
package io.halfsecond.collector.pipeline;

import org.jspecify.annotations.NullMarked;
