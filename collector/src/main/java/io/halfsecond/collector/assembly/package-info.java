/// Folds the sources' events into connections. A pure state machine: no clock, thread, file or
/// Kafka.
@NullMarked
package io.halfsecond.collector.assembly;

import org.jspecify.annotations.NullMarked;
