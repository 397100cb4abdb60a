/// Distributions as counts in logarithmic bins, and their serialised form.
@NullMarked
package io.halfsecond.streams.histogram;

import org.jspecify.annotations.NullMarked;
