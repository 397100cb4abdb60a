/// Schemas on their own topic: every process writes those that it uses, so that others can read
/// what a newer or older version writes.
@NullMarked
package io.halfsecond.schemas.travel;

import org.jspecify.annotations.NullMarked;
