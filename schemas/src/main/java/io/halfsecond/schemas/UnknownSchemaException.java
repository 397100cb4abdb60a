package io.halfsecond.schemas;

import org.apache.kafka.common.errors.SerializationException;

/// A record was written with a schema that this reader does not have, for example by a newer
/// version.
public final class UnknownSchemaException extends SerializationException {
  private static final long serialVersionUID = 1;

  UnknownSchemaException(String message) {
    super(message);
  }
}
