/// Distributions as counts in logarithmic bins, and the bits they are kept in.
@NullMarked
package io.halfsecond.streams.histogram;

import org.jspecify.annotations.NullMarked;
