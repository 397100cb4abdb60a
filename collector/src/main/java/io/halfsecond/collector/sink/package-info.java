/// Destinations for encoded records.
@NullMarked
package io.halfsecond.collector.sink;

import org.jspecify.annotations.NullMarked;
