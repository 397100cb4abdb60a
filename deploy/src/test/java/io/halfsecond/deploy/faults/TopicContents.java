package io.halfsecond.deploy.faults;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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
    return ofConnections(client(bootstrapServers), topics);
  }

  static long ofConnections(Map<String, Object> client, Topics topics) {
    return numbers(client, topics).stream().distinct().count();
  }

  /// How many further copies of them there are.
  public static long repeatsOfConnections(String bootstrapServers, Topics topics) {
    return repeatsOfConnections(client(bootstrapServers), topics);
  }

  static long repeatsOfConnections(Map<String, Object> client, Topics topics) {
    var numbers = numbers(client, topics);
    return numbers.size() - numbers.stream().distinct().count();
  }

  private static Map<String, Object> client(String bootstrapServers) {
    return Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
  }

  private static List<String> numbers(Map<String, Object> client, Topics topics) {
    return Stream.<Stream<? extends Telemetry>>of(
            of(client, topics.authTiming(), _ -> true).stream().map(Telemetry.Authentication::new),
            of(client, topics.sessionCpu(), _ -> true).stream().map(Telemetry.Session::new),
            of(client, topics.probe(), _ -> true).stream().map(Telemetry.Probe::new))
        .flatMap(each -> each)
        .map(each -> each.collector() + each.sequence())
        .toList();
  }

  public static <V extends SpecificRecordBase> List<V> of(String bootstrapServers, Topic<V> topic) {
    return of(client(bootstrapServers), topic, _ -> true);
  }

  /// @param client settings that reach Kafka
  /// @param wanted which values: a hostile client may have written more than fits into memory
  static <V extends SpecificRecordBase> List<V> of(
      Map<String, Object> client, Topic<V> topic, Predicate<V> wanted) {
    var settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
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
            var value = reader.deserialize(topic.name(), record.value());
            if (value != null && wanted.test(value)) {
              values.add(value);
            }
          } catch (SerializationException _) {
            // Poison that a test has put there.
          }
        }
      }
    }
    return values;
  }
}
