@NullMarked
package io.halfsecond.streams.incident;

import org.jspecify.annotations.NullMarked;
