package io.halfsecond.schemas;

import org.apache.kafka.common.errors.SerializationException;

/// A whole record of a newer version with a member that this version does not know, for example an
/// alert with a new kind of finding.
public final class UnknownKindException extends SerializationException {
  private static final long serialVersionUID = 1L;

  UnknownKindException(String message, Throwable cause) {
    super(message, cause);
  }
}
