/// Attribution: the changes of a host, and which of them can be the cause of an alert.
@NullMarked
package io.halfsecond.streams.attribution;

import org.jspecify.annotations.NullMarked;
