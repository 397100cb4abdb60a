/// What changed on a host, and which of it can be why a signal moved.
@NullMarked
package io.halfsecond.streams.attribution;

import org.jspecify.annotations.NullMarked;
