/// The pipeline without Kafka, for recorded telemetry. It runs at full speed.
@NullMarked
package io.halfsecond.streams.replay;

import org.jspecify.annotations.NullMarked;
