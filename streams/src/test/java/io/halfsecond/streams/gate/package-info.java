@NullMarked
package io.halfsecond.streams.gate;

import org.jspecify.annotations.NullMarked;
