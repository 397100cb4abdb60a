@NullMarked
package io.halfsecond.streams.cohort;

import org.jspecify.annotations.NullMarked;
