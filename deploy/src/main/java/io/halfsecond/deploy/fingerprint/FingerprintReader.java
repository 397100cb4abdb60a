package io.halfsecond.deploy.fingerprint;

import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the newest fingerprints of hosts, with a plain consumer that leaves no trace. A record that cannot be read is logged and
/// passed over.
public final class FingerprintReader {
  private static final Logger LOG = LoggerFactory.getLogger(FingerprintReader.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private FingerprintReader() {}

  /// @param kafka client settings beyond the bootstrap servers
  /// @param hosts whose are wanted
  /// @return those there are, by host
  /// @throws org.apache.kafka.common.KafkaException if the cluster cannot be reached, or the end of the topic not within 10 s of
  ///   the last record
  public static Map<String, HostFingerprint> newest(String bootstrapServers, Map<String, String> kafka,
    Topic<HostFingerprint> topic, Collection<String> hosts) {
    var settings = new HashMap<String, Object>(kafka);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
    var newest = new HashMap<String, HostFingerprint>();
    var wanted = Set.copyOf(hosts);
    try (var consumer = new KafkaConsumer<>(settings, topic.keySerde().deserializer(),
      topic.valueSerde().deserializer())) {
      var partitions = consumer.partitionsFor(topic.name()).stream()
        .map(partition -> new TopicPartition(topic.name(), partition.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      long reached = position(consumer, partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        try {
          consumer.poll(Duration.ofMillis(200)).forEach(record -> {
            if (record.value() != null && wanted.contains(record.key())) {
              newest.put(record.key(), record.value());
            }
          });
        } catch (RecordDeserializationException e) {
          LOG.warn("passing over {} offset {}: {}", e.topicPartition(), e.offset(), e.getMessage());
          consumer.seek(e.topicPartition(), e.offset() + 1);
        }
        if (position(consumer, partitions) > reached) {
          reached = position(consumer, partitions);
          deadline = System.nanoTime() + PATIENCE.toNanos();
        } else if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException("no further record of %s for %d s, and the end is not reached"
            .formatted(topic.name(), PATIENCE.toSeconds()));
        }
      }
    }
    return newest;
  }

  private static long position(KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions) {
    return partitions.stream().mapToLong(consumer::position).sum();
  }
}
