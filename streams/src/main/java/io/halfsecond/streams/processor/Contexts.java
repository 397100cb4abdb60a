package io.halfsecond.streams.processor;

import org.jspecify.annotations.Nullable;

final class Contexts {
  private Contexts() {}

  /// A field that `init` has set. Kafka Streams calls `init` before any other method.
  static <T> T initialised(@Nullable T given) {
    if (given == null) {
      throw new IllegalStateException("the processor was not initialised");
    }
    return given;
  }
}
