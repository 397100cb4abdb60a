@NullMarked
package io.halfsecond.streams.detector;

import org.jspecify.annotations.NullMarked;
