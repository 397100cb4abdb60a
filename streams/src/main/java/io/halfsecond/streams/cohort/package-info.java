/// What hosts that are comparable have in common, and what follows from it for one of them.
@NullMarked
package io.halfsecond.streams.cohort;

import org.jspecify.annotations.NullMarked;
