/// Turns the assembler's results into Avro records and gets them to Kafka without ever holding up
/// the assembler.
@NullMarked
package io.halfsecond.collector.emit;

import org.jspecify.annotations.NullMarked;
