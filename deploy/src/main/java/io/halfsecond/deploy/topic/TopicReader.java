package io.halfsecond.deploy.topic;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a topic with a plain consumer, without a consumer group: every reader sees every record
/// and changes nothing. Reads only committed records, also of other versions; skips those without a
/// value, and logs and skips those that cannot be read; a schema registry that cannot be asked is
/// an error instead. Not safe for use by several threads.
public final class TopicReader<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<String, T> consumer;
  private final Topic<T> topic;
  private final List<TopicPartition> partitions;
  private final SchemasOnDemand schemas;

  private TopicReader(
      KafkaConsumer<String, T> consumer,
      Topic<T> topic,
      List<TopicPartition> partitions,
      SchemasOnDemand schemas) {
    this.consumer = consumer;
    this.topic = topic;
    this.partitions = partitions;
    this.schemas = schemas;
  }

  /// @param kafka client settings beyond the bootstrap servers
  /// @param choice of the topics, the one to read
  /// @param since records written at that time or later are read
  /// @throws UnknownTopicOrPartitionException if the cluster lacks the topic
  /// @throws org.apache.kafka.common.KafkaException if the cluster cannot be reached
  public static <T> TopicReader<T> open(
      String bootstrapServers,
      Map<String, String> kafka,
      Topics topics,
      Function<Topics, Topic<T>> choice,
      Instant since) {
    var settings = new HashMap<String, Object>(kafka);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    var schemas = new SchemasOnDemand(bootstrapServers, kafka, topics.schemas());
    var topic = choice.apply(topics).reading(schemas);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.putIfAbsent(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
    var consumer =
        new KafkaConsumer<>(
            settings, topic.keySerde().deserializer(), topic.valueSerde().deserializer());
    try {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .sorted(Comparator.comparingInt(PartitionInfo::partition))
              .map(p -> new TopicPartition(topic.name(), p.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new UnknownTopicOrPartitionException(
            "no topic %s at %s; see halfsecond topics plan"
                .formatted(topic.name(), bootstrapServers));
      }
      consumer.assign(partitions);
      seek(consumer, partitions, since);
      return new TopicReader<>(consumer, topic, partitions, schemas);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private static void seek(
      KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions, Instant since) {
    var times = new HashMap<TopicPartition, Long>();
    partitions.forEach(p -> times.put(p, Math.max(0, since.toEpochMilli())));
    var offsets = consumer.offsetsForTimes(times);
    for (var partition : partitions) {
      var found = offsets.get(partition);
      if (found == null) {
        consumer.seekToEnd(List.of(partition));
      } else {
        consumer.seek(partition, found.offset());
      }
    }
    // Seeking to the end is lazy; this fixes the position before anything else is written.
    partitions.forEach(consumer::position);
  }

  /// Waits up to `patience` for records and returns them, oldest first within a partition.
  public List<T> poll(Duration patience) {
    var values = new ArrayList<T>();
    try {
      consumer
          .poll(patience)
          .forEach(
              record -> {
                if (record.value() != null) {
                  values.add(record.value());
                }
              });
    } catch (RecordDeserializationException e) {
      // A schema registry that does not answer says nothing about the record.
      if (e.getCause() instanceof KafkaException other
          && !(other instanceof SerializationException)) {
        throw other;
      }
      LOG.warn("skipping {} offset {}: {}", e.topicPartition(), e.offset(), e.getMessage());
      consumer.seek(e.topicPartition(), e.offset() + 1);
    }
    return values;
  }

  /// Reads everything up to the present end, or until it is to stop.
  ///
  /// @param stop checked every 200 ms
  /// @throws TimeoutException after 10 s without a further record
  public List<T> readToEnd(BooleanSupplier stop) {
    var values = new ArrayList<T>();
    readToEnd(stop, values::add);
    return values;
  }

  /// As [#readToEnd(BooleanSupplier)], without keeping the records in memory.
  public void readToEnd(BooleanSupplier stop, Consumer<T> output) {
    var ends = consumer.endOffsets(partitions);
    long reached = position();
    long reachedNanos = System.nanoTime();
    while (!stop.getAsBoolean()
        && ends.entrySet().stream()
            .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      poll(POLL).forEach(output);
      if (position() > reached) {
        reached = position();
        reachedNanos = System.nanoTime();
      } else if (System.nanoTime() - reachedNanos > PATIENCE.toNanos()) {
        throw new TimeoutException(
            "no further record of %s for %d s before its end"
                .formatted(topic.name(), PATIENCE.toSeconds()));
      }
    }
  }

  /// Sum of the offsets of all partitions; it only grows.
  private long position() {
    return partitions.stream().mapToLong(consumer::position).sum();
  }

  @Override
  public void close() {
    consumer.close();
    schemas.close();
  }
}
