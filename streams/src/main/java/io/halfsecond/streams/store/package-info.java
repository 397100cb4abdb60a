/// Where state is kept, as far as those who keep it need to know.
@NullMarked
package io.halfsecond.streams.store;

import org.jspecify.annotations.NullMarked;
