/// What collectors say, checked, and what is known about how completely they say it.
@NullMarked
package io.halfsecond.streams.telemetry;

import org.jspecify.annotations.NullMarked;
