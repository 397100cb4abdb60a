package io.halfsecond.schemas;

import java.util.Optional;
import org.apache.avro.Schema;

/// Schemas of other versions of Halfsecond, beyond the [ReleasedSchemas]. Safe for use by several
/// threads.
@FunctionalInterface
public interface WriterSchemas {
  /// Knows none.
  WriterSchemas NONE = (_, _) -> Optional.empty();

  /// May wait a bounded time for a schema that is not known yet.
  ///
  /// @param type full name of the record
  /// @param fingerprint CRC-64-AVRO of the schema
  Optional<Schema> find(String type, long fingerprint);
}
