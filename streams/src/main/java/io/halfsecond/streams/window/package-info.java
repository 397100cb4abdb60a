/// Quantiles of signals over short windows, for graphs.
@NullMarked
package io.halfsecond.streams.window;

import org.jspecify.annotations.NullMarked;
