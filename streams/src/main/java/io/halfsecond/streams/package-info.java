/// The Kafka Streams application: it reads telemetry and publishes alerts and metrics.
@NullMarked
package io.halfsecond.streams;

import org.jspecify.annotations.NullMarked;
