package io.halfsecond.collector.emit;

import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.schemas.Topics;
import java.util.Optional;

/// How records are kept and named.
///
/// @param topicPrefix what the topics' names start with
/// @param queueCapacity records in memory, at most
/// @param spool empty for no spool: what is in memory is lost with the process
public record EmitterSettings(
    String topicPrefix, int queueCapacity, Optional<SpoolSettings> spool) {
  public EmitterSettings {
    if (queueCapacity < 1) {
      throw new IllegalArgumentException(
          "emitter.queueCapacity must be at least 1, not " + queueCapacity);
    }
  }

  /// 16,384 records, about 5 MiB; no spool.
  public static EmitterSettings defaults() {
    return new EmitterSettings(Topics.DEFAULT_PREFIX, 16_384, Optional.empty());
  }

  public EmitterSettings with(SpoolSettings kept) {
    return new EmitterSettings(topicPrefix, queueCapacity, Optional.of(kept));
  }
}
