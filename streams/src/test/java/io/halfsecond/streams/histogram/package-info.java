@NullMarked
package io.halfsecond.streams.histogram;

import org.jspecify.annotations.NullMarked;
