@NullMarked
package io.halfsecond.streams.store;

import org.jspecify.annotations.NullMarked;
