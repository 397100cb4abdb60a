@NullMarked
package io.halfsecond.schemas;

import org.jspecify.annotations.NullMarked;
