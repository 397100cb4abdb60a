/// The telemetry of collectors: its types, its checks, and what is known about its completeness.
@NullMarked
package io.halfsecond.streams.telemetry;

import org.jspecify.annotations.NullMarked;
