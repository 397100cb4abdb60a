@NullMarked
package io.halfsecond.streams.engine;

import org.jspecify.annotations.NullMarked;
