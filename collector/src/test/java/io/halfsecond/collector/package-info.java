@NullMarked
package io.halfsecond.collector;

import org.jspecify.annotations.NullMarked;
