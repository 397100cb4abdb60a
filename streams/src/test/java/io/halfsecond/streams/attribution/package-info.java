@NullMarked
package io.halfsecond.streams.attribution;

import org.jspecify.annotations.NullMarked;
