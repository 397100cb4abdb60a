package io.halfsecond.deploy.faults;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads all records of a topic that are there now, committed ones only. Waits as long as a fault
/// lasts: a `TopicReader` gives up after 10 s.
public final class TopicContents {
  private TopicContents() {}

  /// How many different records about connections there are, of all that collectors send.
  public static long ofConnections(String bootstrapServers, Topics topics) {
    return numbers(bootstrapServers, topics).stream().distinct().count();
  }

  /// How many further copies of them there are.
  public static long repeatsOfConnections(String bootstrapServers, Topics topics) {
    var numbers = numbers(bootstrapServers, topics);
    return numbers.size() - numbers.stream().distinct().count();
  }

  private static List<String> numbers(String bootstrapServers, Topics topics) {
    return Stream.<Stream<? extends Telemetry>>of(
            of(bootstrapServers, topics.authTiming()).stream().map(Telemetry.Authentication::new),
            of(bootstrapServers, topics.sessionCpu()).stream().map(Telemetry.Session::new),
            of(bootstrapServers, topics.probe()).stream().map(Telemetry.Probe::new))
        .flatMap(each -> each)
        .map(each -> each.collector() + each.sequence())
        .toList();
  }

  public static <V extends SpecificRecordBase> List<V> of(String bootstrapServers, Topic<V> topic) {
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
