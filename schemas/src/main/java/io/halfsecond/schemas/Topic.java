package io.halfsecond.schemas;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// One topic: what is on it, how it is keyed and how long it is kept.
///
/// @param name full name, prefix included
/// @param keyedBy what the key, a UTF-8 string, names; empty where there is no key
/// @param valueSerde reads and writes the values
/// @param partitions how many partitions a new topic gets
/// @param retention how long records are kept; with [Cleanup#COMPACT] alone those that a later one
///   of their key replaces
public record Topic<V>(
    String name,
    String keyedBy,
    Serde<V> valueSerde,
    int partitions,
    Duration retention,
    Cleanup cleanup) {

  /// What the broker does with old records.
  public enum Cleanup {
    DELETE(TopicConfig.CLEANUP_POLICY_DELETE),
    /**
     * The last record of a key is kept for good, earlier ones for the retention: who reads it all
     * again finds both.
     */
    COMPACT(TopicConfig.CLEANUP_POLICY_COMPACT),
    /** The last record of a key is kept, but none longer than the retention. */
    COMPACT_AND_DELETE(
        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }
  }

  public Topic {
    if (partitions < 1) {
      throw new IllegalArgumentException(
          "topic " + name + ": partitions must be at least 1, not " + partitions);
    }
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException(
          "topic " + name + ": retention must be positive, not " + retention);
    }
  }

  /// The same, whose values are also read with these schemas.
  public Topic<V> reading(WriterSchemas schemas) {
    return valueSerde instanceof ReadingSerde<V> serde ? with(serde.reading(schemas)) : this;
  }

  Topic<V> with(Serde<V> serde) {
    return new Topic<>(name, keyedBy, serde, partitions, retention, cleanup);
  }

  public Serde<String> keySerde() {
    return Serdes.String();
  }

  /// The broker-side settings of the topic, under Kafka's own names.
  public Map<String, String> configs() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        cleanup.policy,
        cleanup == Cleanup.COMPACT
            ? TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG
            : TopicConfig.RETENTION_MS_CONFIG,
        Long.toString(retention.toMillis()));
  }
}
