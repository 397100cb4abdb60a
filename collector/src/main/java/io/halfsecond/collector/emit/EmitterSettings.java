package io.halfsecond.collector.emit;

import io.halfsecond.schemas.Topics;

/// How records are kept and named.
///
/// @param topicPrefix what the topics' names start with
/// @param queueCapacity records kept while the sink does not take any
public record EmitterSettings(String topicPrefix, int queueCapacity) {
  public EmitterSettings {
    if (queueCapacity < 1) {
      throw new IllegalArgumentException(
          "emitter.queueCapacity must be at least 1, not " + queueCapacity);
    }
  }

  /// 16,384 records, about 5 MiB.
  public static EmitterSettings defaults() {
    return new EmitterSettings(Topics.DEFAULT_PREFIX, 16_384);
  }
}
