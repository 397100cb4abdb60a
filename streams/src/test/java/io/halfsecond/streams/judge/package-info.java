@NullMarked
package io.halfsecond.streams.judge;

import org.jspecify.annotations.NullMarked;
