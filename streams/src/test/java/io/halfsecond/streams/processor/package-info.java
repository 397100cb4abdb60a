@NullMarked
package io.halfsecond.streams.processor;

import org.jspecify.annotations.NullMarked;
