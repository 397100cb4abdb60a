@NullMarked
package io.halfsecond.streams.window;

import org.jspecify.annotations.NullMarked;
