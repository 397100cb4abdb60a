/// Assembles the sources' events into connections. A pure state machine without clock, thread, file
/// or Kafka.
@NullMarked
package io.halfsecond.collector.assembly;

import org.jspecify.annotations.NullMarked;
