package io.halfsecond.streams.processor;

import org.jspecify.annotations.Nullable;

final class Contexts {
  private Contexts() {}

  /// What a processor's `init` was given. Kafka Streams calls it before anything else.
  static <T> T initialised(@Nullable T given) {
    if (given == null) {
      throw new IllegalStateException("the processor was not initialised");
    }
    return given;
  }
}
