@NullMarked
package io.halfsecond.streams;

import org.jspecify.annotations.NullMarked;
