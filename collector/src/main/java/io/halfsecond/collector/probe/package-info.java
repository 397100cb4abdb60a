/// The client of the active probe: an ssh connection that is meant to fail, timed by the client.
@NullMarked
package io.halfsecond.collector.probe;

import org.jspecify.annotations.NullMarked;
