/// Whether a change makes logins slower, while it is rolled out: trials of the hosts that got it,
/// and what follows from them.
@NullMarked
package io.halfsecond.streams.gate;

import org.jspecify.annotations.NullMarked;
