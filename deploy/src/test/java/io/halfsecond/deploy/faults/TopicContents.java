package io.halfsecond.deploy.faults;

import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads all records of a topic that are there now, committed ones only.
final class TopicContents {
  private TopicContents() {}

  static <V extends SpecificRecordBase> List<V> of(String bootstrapServers, Topic<V> topic) {
    var settings =
        new HashMap<String, Object>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"));
    var values = new ArrayList<V>();
    var reader = topic.valueSerde().deserializer();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(topic.name(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          try {
            values.add(reader.deserialize(topic.name(), record.value()));
          } catch (SerializationException _) {
            // Poison that a test has put there.
          }
        }
      }
    }
    values.removeIf(Objects::isNull);
    return values;
  }
}
