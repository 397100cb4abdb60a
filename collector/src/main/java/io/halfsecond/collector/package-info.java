/// The collector of one host, its settings and its metrics.
@NullMarked
package io.halfsecond.collector;

import org.jspecify.annotations.NullMarked;
