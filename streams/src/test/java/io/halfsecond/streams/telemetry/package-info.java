@NullMarked
package io.halfsecond.streams.telemetry;

import org.jspecify.annotations.NullMarked;
