package io.halfsecond.schemas;

import org.apache.kafka.common.serialization.Serde;

/// A serde that needs the schema that a record was written with.
interface ReadingSerde<T> extends Serde<T> {
  /// The same that also reads what was written with these schemas.
  ReadingSerde<T> reading(WriterSchemas schemas);
}
