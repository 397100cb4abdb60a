package io.halfsecond.deploy.demo;

import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// What stands on a topic of one partition now.
final class Records {
  private Records() {}

  static <T> List<T> of(String bootstrapServers, Topic<T> topic) {
    var records = new ArrayList<T>();
    var partition = new TopicPartition(topic.name(), 0);
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", bootstrapServers),
            topic.keySerde().deserializer(),
            topic.valueSerde().deserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> records.add(record.value()));
      }
    }
    return records;
  }
}
