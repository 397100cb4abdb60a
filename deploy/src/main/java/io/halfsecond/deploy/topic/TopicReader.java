package io.halfsecond.deploy.topic;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a topic with a plain consumer: every reader sees every record. Reads only committed
/// records, also of other versions; skips those without a value, and logs and skips those that
/// cannot be read; a schema registry that cannot be asked is an error instead. Not safe for use by
/// several threads.
///
/// A reader that resumes has a position under a name, which the brokers keep as the offsets of a
/// consumer group. It takes no part in the group: it has every partition at once, without waiting
/// for the session of a reader that was killed, and two with one name would both read everything.
public final class TopicReader<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final Duration WAIT = Duration.ofMillis(500);
  private static final Duration RENEWED = Duration.ofHours(1);

  private final KafkaConsumer<String, T> consumer;
  private final Topic<T> topic;
  private final List<TopicPartition> partitions;
  private final SchemasOnDemand schemas;
  private final boolean hasPosition;
  private final boolean resumed;

  private TopicReader(
      KafkaConsumer<String, T> consumer,
      Topic<T> topic,
      List<TopicPartition> partitions,
      SchemasOnDemand schemas,
      boolean hasPosition,
      boolean resumed) {
    this.consumer = consumer;
    this.topic = topic;
    this.partitions = partitions;
    this.schemas = schemas;
    this.hasPosition = hasPosition;
    this.resumed = resumed;
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
    return open(bootstrapServers, kafka, topics, choice, since, Optional.empty());
  }

  /// Reads from where the reader of this name stopped.
  ///
  /// @param group that keeps the position
  /// @param since where a reader without a position begins
  /// @throws UnknownTopicOrPartitionException if the cluster lacks the topic
  /// @throws org.apache.kafka.common.KafkaException if the cluster cannot be reached, or refuses
  ///   the group
  public static <T> TopicReader<T> resume(
      String bootstrapServers,
      Map<String, String> kafka,
      Topics topics,
      Function<Topics, Topic<T>> choice,
      Instant since,
      String group) {
    return open(bootstrapServers, kafka, topics, choice, since, Optional.of(group));
  }

  private static <T> TopicReader<T> open(
      String bootstrapServers,
      Map<String, String> kafka,
      Topics topics,
      Function<Topics, Topic<T>> choice,
      Instant since,
      Optional<String> group) {
    var settings = new HashMap<String, Object>(kafka);
    group.ifPresent(
        name -> {
          settings.put(ConsumerConfig.GROUP_ID_CONFIG, name);
          // A position is that of one record, so no more than one is read again.
          settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        });
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
      var positions = group.isPresent() ? positions(consumer, partitions) : Map.of();
      // The records of a partition that is newer than the position are all unread.
      seek(
          consumer,
          partitions.stream().filter(partition -> !positions.containsKey(partition)).toList(),
          positions.isEmpty() ? since : Instant.EPOCH);
      return new TopicReader<>(
          consumer, topic, partitions, schemas, group.isPresent(), !positions.isEmpty());
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /// Seeks the partitions that have a position.
  private static Map<TopicPartition, OffsetAndMetadata> positions(
      KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions) {
    var positions = new HashMap<TopicPartition, OffsetAndMetadata>();
    consumer
        .committed(Set.copyOf(partitions))
        .forEach(
            (partition, position) -> {
              if (position != null) {
                consumer.seek(partition, position);
                positions.put(partition, position);
              }
            });
    return positions;
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

  /// Whether there was a position to resume from.
  public boolean resumed() {
    return resumed;
  }

  /// Reads until it is to stop, also after brokers were away. With a position, what was taken is
  /// not read again: the position is kept after each record, and every hour, because brokers forget
  /// one that is not renewed for a week.
  ///
  /// @param listener is told when the brokers are away, and when they are back
  /// @param take gets what was read, or nothing, several times a second; the position is kept if it
  ///   returns true, and reading ends if it returns false
  /// @throws org.apache.kafka.common.KafkaException if the brokers refuse
  public void follow(BooleanSupplier stop, OutageListener listener, Predicate<List<T>> take) {
    var outages = new Outages(InstantSource.system(), this::isReachable, listener);
    long keptNanos = System.nanoTime();
    boolean pending = hasPosition;
    while (!stop.getAsBoolean()) {
      var values = poll(WAIT);
      outages.after(!values.isEmpty());
      if (!take.test(values)) {
        return;
      }
      pending |= !values.isEmpty() || System.nanoTime() - keptNanos > RENEWED.toNanos();
      if (hasPosition && pending && keepPosition()) {
        pending = false;
        keptNanos = System.nanoTime();
      }
    }
  }

  /// @return false if the brokers are away
  private boolean keepPosition() {
    try {
      consumer.commitSync();
      return true;
    } catch (TimeoutException | RetriableCommitFailedException _) {
      return false;
    }
  }

  /// Asks the brokers of all partitions, for some seconds at most.
  private boolean isReachable() {
    try {
      consumer.endOffsets(partitions, ANSWER);
      return true;
    } catch (TimeoutException _) {
      return false;
    }
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
