/// Takes measurements from telemetry: signal, stratum and value.
@NullMarked
package io.halfsecond.streams.measurement;

import org.jspecify.annotations.NullMarked;
