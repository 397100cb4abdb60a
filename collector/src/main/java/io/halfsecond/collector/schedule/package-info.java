/// Work that is repeated on a thread of its own.
@NullMarked
package io.halfsecond.collector.schedule;

import org.jspecify.annotations.NullMarked;
