/// Telemetry read as numbers: which signal, of which stratum, how many nanoseconds.
@NullMarked
package io.halfsecond.streams.measurement;

import org.jspecify.annotations.NullMarked;
