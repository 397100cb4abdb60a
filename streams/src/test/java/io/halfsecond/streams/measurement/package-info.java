@NullMarked
package io.halfsecond.streams.measurement;

import org.jspecify.annotations.NullMarked;
