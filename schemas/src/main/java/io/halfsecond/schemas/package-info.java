/// What travels over Kafka: the Avro records (generated from `src/main/avro/halfsecond.avdl`),
/// their wire format ([AvroSerde]) and the catalogue of topics ([Topics]).
@NullMarked
package io.halfsecond.schemas;

import org.jspecify.annotations.NullMarked;
