/// The pipeline without Kafka: old telemetry, as fast as it goes.
@NullMarked
package io.halfsecond.streams.replay;

import org.jspecify.annotations.NullMarked;
