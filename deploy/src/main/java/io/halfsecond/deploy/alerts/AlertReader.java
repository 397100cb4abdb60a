package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the alert topic with a plain consumer, without a consumer group: every reader sees every alert, and leaves
/// no trace. Only committed records are read. Not safe for use by several threads.
public final class AlertReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertReader.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaConsumer<String, Alert> consumer;
  private final List<TopicPartition> partitions;

  private AlertReader(KafkaConsumer<String, Alert> consumer, List<TopicPartition> partitions) {
    this.consumer = consumer;
    this.partitions = partitions;
  }

  /// @param kafka client settings beyond the bootstrap servers
  /// @param since records written at that time or later are read
  /// @throws UnknownTopicOrPartitionException if the cluster lacks the topic
  /// @throws org.apache.kafka.common.KafkaException if the cluster cannot be reached
  public static AlertReader open(String bootstrapServers, Map<String, String> kafka, Topic<Alert> topic,
    Instant since) {
    var settings = new HashMap<String, Object>(kafka);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
    var consumer = new KafkaConsumer<>(settings, topic.keySerde().deserializer(),
      topic.valueSerde().deserializer());
    try {
      var partitions = consumer.partitionsFor(topic.name()).stream().sorted(Comparator.comparingInt(
        PartitionInfo::partition)).map(p -> new TopicPartition(topic.name(), p.partition())).toList();
      if (partitions.isEmpty()) {
        throw new UnknownTopicOrPartitionException(
          "no topic %s at %s; see halfsecond topics plan".formatted(topic
            .name(), bootstrapServers));
      }
      consumer.assign(partitions);
      seek(consumer, partitions, since);
      return new AlertReader(consumer, partitions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private static void seek(KafkaConsumer<String, Alert> consumer, List<TopicPartition> partitions,
    Instant since) {
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
    // Seeking to the end is lazy; what is written from now on must count.
    partitions.forEach(consumer::position);
  }

  /// Waits up to `patience` for alerts and returns those there are, oldest first within a partition. A record that
  /// cannot be read is logged and passed over.
  public List<Alert> poll(Duration patience) {
    var alerts = new ArrayList<Alert>();
    try {
      consumer.poll(patience).forEach(record -> {
        if (record.value() != null) {
          alerts.add(record.value());
        }
      });
    } catch (RecordDeserializationException e) {
      LOG.warn("passing over {} offset {}: {}", e.topicPartition(), e.offset(), e.getMessage());
      consumer.seek(e.topicPartition(), e.offset() + 1);
    }
    return alerts;
  }

  /// Reads everything that is there now, or what it got to when it is to stop.
  ///
  /// @param stop looked at every 200 ms
  /// @throws TimeoutException after 10 s without a further record
  public List<Alert> readToEnd(BooleanSupplier stop) {
    var ends = consumer.endOffsets(partitions);
    var alerts = new ArrayList<Alert>();
    long reached = position();
    long reachedNanos = System.nanoTime();
    while (!stop.getAsBoolean() && ends.entrySet().stream().anyMatch(end -> consumer.position(end
      .getKey()) < end.getValue())) {
      alerts.addAll(poll(Duration.ofMillis(200)));
      if (position() > reached) {
        reached = position();
        reachedNanos = System.nanoTime();
      } else if (System.nanoTime() - reachedNanos > PATIENCE.toNanos()) {
        throw new TimeoutException("no further alert for %d s, and the end is not reached".formatted(PATIENCE
          .toSeconds()));
      }
    }
    return alerts;
  }

  /// Offsets of all partitions together, which only grow.
  private long position() {
    return partitions.stream().mapToLong(consumer::position).sum();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
