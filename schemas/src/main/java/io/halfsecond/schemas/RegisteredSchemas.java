package io.halfsecond.schemas;

import java.util.Optional;
import org.apache.avro.Schema;

/// The schemas of a schema registry, by the ids that it gave them. Safe for use by several threads.
@FunctionalInterface
public interface RegisteredSchemas {
  /// @return empty if the registry has no such schema, or none that may be used
  /// @throws UnreachableRegistryException if it cannot be asked
  Optional<Schema> find(int id);
}
