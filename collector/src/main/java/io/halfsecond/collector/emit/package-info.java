/// Makes Avro records of what the collector finds and delivers them to a sink. The assembler never
/// waits for it.
@NullMarked
package io.halfsecond.collector.emit;

import org.jspecify.annotations.NullMarked;
