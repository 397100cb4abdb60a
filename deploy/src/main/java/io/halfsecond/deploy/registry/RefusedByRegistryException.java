package io.halfsecond.deploy.registry;

import org.apache.kafka.common.KafkaException;

/// A schema registry refuses, and would again. The message names its address and what to check.
public final class RefusedByRegistryException extends KafkaException {
  private static final long serialVersionUID = 1;

  RefusedByRegistryException(String message) {
    super(message);
  }
}
