/// The topology: telemetry in, windowed quantiles and alerts out.
@NullMarked
package io.halfsecond.streams;

import org.jspecify.annotations.NullMarked;
