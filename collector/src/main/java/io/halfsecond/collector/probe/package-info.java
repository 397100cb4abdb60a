/// The active probe: one ssh connection that is meant to fail, timed from the client's end.
@NullMarked
package io.halfsecond.collector.probe;

import org.jspecify.annotations.NullMarked;
