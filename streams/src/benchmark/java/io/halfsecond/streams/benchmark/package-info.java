/// How good the detector is, in tables: `make benchmark`.
@NullMarked
package io.halfsecond.streams.benchmark;

import org.jspecify.annotations.NullMarked;
