package io.halfsecond.schemas;

import org.apache.kafka.common.KafkaException;

/// A schema registry does not answer as one, for now or for good. It is no
/// [org.apache.kafka.common.errors.SerializationException]: the record may be readable.
public final class UnreachableRegistryException extends KafkaException {
  private static final long serialVersionUID = 1;

  public UnreachableRegistryException(String message) {
    super(message);
  }

  public UnreachableRegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
