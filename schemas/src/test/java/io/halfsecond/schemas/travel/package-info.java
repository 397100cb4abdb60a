@NullMarked
package io.halfsecond.schemas.travel;

import org.jspecify.annotations.NullMarked;
