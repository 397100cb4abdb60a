/// The agent: sources of evidence, connection assembly, telemetry to Kafka.
@NullMarked
package io.halfsecond.collector;

import org.jspecify.annotations.NullMarked;
