package io.halfsecond.deploy.faults;

import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

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
    try (var consumer =
        new KafkaConsumer<>(
            settings, topic.keySerde().deserializer(), topic.valueSerde().deserializer())) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(topic.name(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
        consumer.poll(Duration.ofMillis(100)).iterator().forEachRemaining(r -> add(r, values));
      }
    }
    return values;
  }

  private static <V> void add(ConsumerRecord<String, V> record, List<V> values) {
    values.add(record.value());
  }
}
