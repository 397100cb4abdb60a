package io.halfsecond.schemas.travel;

import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the topic of schemas from its beginning, and then on, on a thread of its own, without a
/// consumer group. What is wrong with the topic or a schema is logged once a minute at most; the
/// thread goes on and tries again.
public final class SchemaFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaFollower.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(10);
  private static final Duration BETWEEN_REPORTS = Duration.ofMinutes(1);

  private final Map<String, Object> settings;
  private final Topic<String> topic;
  private final TravelledSchemas schemas;
  private final Thread thread;
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private long reportedNanos = System.nanoTime() - BETWEEN_REPORTS.toNanos();
  private long refused;

  private SchemaFollower(
      String bootstrapServers,
      Map<String, String> kafka,
      Topic<String> topic,
      TravelledSchemas schemas) {
    this.settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    this.topic = topic;
    this.schemas = schemas;
    this.thread = Thread.ofPlatform().name("halfsecond-schemas").daemon(true).unstarted(this::run);
  }

  /// @param kafka client settings beyond the bootstrap servers
  /// @param schemas gets what is read
  public static SchemaFollower start(
      String bootstrapServers,
      Map<String, String> kafka,
      Topic<String> topic,
      TravelledSchemas schemas) {
    var follower = new SchemaFollower(bootstrapServers, kafka, topic, schemas);
    follower.thread.start();
    return follower;
  }

  /// Waits until the topic was read up to the end that it had at the start, or cannot be read at
  /// present.
  public void awaitEnd(Duration longest) {
    try {
      var _ = caughtUp.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      do {
        try {
          follow();
        } catch (InterruptException e) {
          throw e;
        } catch (RuntimeException | StackOverflowError e) {
          report("{} cannot be read, the next attempt is in {} s: {}", e);
        }
        caughtUp.countDown();
      } while (!closed.await(BETWEEN_ATTEMPTS.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException | InterruptException _) {
      // Closed.
      caughtUp.countDown();
    }
  }

  private void follow() {
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(topic.name(), p.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new UnknownTopicOrPartitionException(
            "no topic %s; see halfsecond topics plan".formatted(topic.name()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (closed.getCount() > 0) {
        for (var record : consumer.poll(POLL)) {
          if (record.key() != null && record.value() != null) {
            take(record.key(), record.value());
          }
        }
        if (caughtUp.getCount() > 0 && reached(consumer, ends)) {
          caughtUp.countDown();
        }
      }
    }
  }

  private static boolean reached(
      KafkaConsumer<String, String> consumer, Map<TopicPartition, Long> ends) {
    return List.copyOf(ends.entrySet()).stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private void take(String key, String value) {
    try {
      schemas.take(key, value);
    } catch (RefusedSchemaException e) {
      refused++;
      if (dueToReport()) {
        LOG.warn(
            "{} schemas on {} are not used; the last is {}", refused, topic.name(), e.getMessage());
        refused = 0;
      }
    }
  }

  private void report(String message, Throwable e) {
    if (dueToReport()) {
      LOG.warn(message, topic.name(), BETWEEN_ATTEMPTS.toSeconds(), e.toString());
    }
  }

  private boolean dueToReport() {
    long now = System.nanoTime();
    boolean due = now - reportedNanos >= BETWEEN_REPORTS.toNanos();
    if (due) {
      reportedNanos = now;
    }
    return due;
  }

  /// Ends the thread soon. It is not interrupted, because a consumer reports that as an error.
  @Override
  public void close() {
    closed.countDown();
  }
}
