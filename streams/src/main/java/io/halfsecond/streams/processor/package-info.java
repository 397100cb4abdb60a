/// The topology's processors: load state, call the pure function, store, forward.
@NullMarked
package io.halfsecond.streams.processor;

import org.jspecify.annotations.NullMarked;
