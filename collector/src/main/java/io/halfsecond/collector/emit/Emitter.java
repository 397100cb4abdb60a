package io.halfsecond.collector.emit;

import io.halfsecond.collector.emit.TopicMeter.Reason;
import io.halfsecond.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gets records to Kafka: a bounded queue, a thread of its own, an idempotent producer.
///
/// **Guarantees** [#emit] returns at once; records of one topic arrive in the order of their
/// sequence; per topic, created = acknowledged + dropped + in flight. While no broker answers,
/// records wait in the queue until it is full; then new ones are dropped and counted. Every record
/// takes a sequence number, dropped ones too, so that a gap at the reader is a record lost.
public final class Emitter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /// Six heartbeats, one metadata timeout.
  private static final Duration RECENT = Duration.ofMinutes(1);

  private record Pending(TopicMeter meter, ProducerRecord<String, byte[]> message) {}

  private final String host;
  private final Producer<String, byte[]> producer;
  private final BlockingQueue<Pending> queue;
  private final Map<String, TopicMeter> meters = new HashMap<>();
  private final Thread thread;
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile long closeDeadlineNanos = Long.MAX_VALUE;
  private final Object sequenceLock = new Object();
  private long nextSequence;
  private volatile boolean troubled;
  private volatile long acknowledgedNanos = Long.MIN_VALUE / 2;

  /// @param host the key of every record
  /// @param capacity records kept while Kafka is away
  /// @param topics those that will be written
  public Emitter(
      String host, int capacity, Producer<String, byte[]> producer, Iterable<Topic<?>> topics) {
    this.host = host;
    this.producer = producer;
    this.queue = new ArrayBlockingQueue<>(capacity);
    topics.forEach(topic -> meters.put(topic.name(), new TopicMeter()));
    this.thread = Thread.ofPlatform().name("halfsecond-emitter").daemon(true).unstarted(this::run);
  }

  /// A producer for the emitter.
  ///
  /// @param overrides Kafka's own settings, which go before ours
  public static Producer<String, byte[]> producer(
      String bootstrapServers, String clientId, Map<String, String> overrides) {
    var properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "20");
    // A broker that is restarted is back within minutes; a record older than this no longer helps
    // an alert.
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "600000");
    // How long one hand-over may take. It is tried again, so this bounds only the thread's wait.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
    // 2 MiB hold some 10,000 records of 200 bytes; the rest waits in the emitter's queue.
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, "2097152");
    properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
    properties.putAll(overrides);
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  public void start() {
    thread.start();
  }

  /// Takes a record. Returns at once.
  ///
  /// @param at the record's event time
  /// @param withSequence makes the record, given its sequence number
  public <T extends SpecificRecordBase> void emit(
      Topic<T> topic, Instant at, LongFunction<T> withSequence) {
    var meter = meter(topic);
    synchronized (sequenceLock) {
      var value =
          topic
              .valueSerde()
              .serializer()
              .serialize(topic.name(), withSequence.apply(nextSequence++));
      meter.created();
      if (closing.get()) {
        meter.dropped(Reason.CLOSED);
      } else if (!queue.offer(
          new Pending(
              meter, new ProducerRecord<>(topic.name(), null, at.toEpochMilli(), host, value)))) {
        meter.dropped(Reason.QUEUE_FULL);
      }
    }
  }

  public TopicMeter meter(Topic<?> topic) {
    return Objects.requireNonNull(meters.get(topic.name()), topic.name());
  }

  /// Whether Kafka took the last record that it was offered.
  public boolean healthy() {
    return !troubled;
  }

  /// Closes, waiting up to 5 s for what is queued.
  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }

  /// Sends what is queued, waits for it to be acknowledged for at most `timeout`, and counts the
  /// rest as dropped.
  public void close(Duration timeout) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    closeDeadlineNanos = System.nanoTime() + timeout.toNanos();
    try {
      // One that was never started cannot be joined.
      if (thread.isAlive() && !thread.join(timeout)) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofNanos(Math.max(0, closeDeadlineNanos - System.nanoTime())));
    var left = new ArrayDeque<Pending>();
    queue.drainTo(left);
    left.forEach(pending -> pending.meter().dropped(Reason.CLOSED));
  }

  private void run() {
    try {
      while (!(closing.get() && queue.isEmpty())) {
        var pending = queue.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (pending != null) {
          handOver(pending);
        }
      }
      producer.flush();
    } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException _) {
      // close() is out of time and counts what is left.
    }
  }

  /// Gives one record to the producer, again and again while the producer has no room or knows no
  /// broker.
  private void handOver(Pending pending) {
    while (true) {
      var attempt = new Attempt(pending);
      try {
        var _ = producer.send(pending.message(), (_, failure) -> attempt.completed(failure));
      } catch (org.apache.kafka.common.errors.InterruptException e) {
        pending.meter().dropped(Reason.CLOSED);
        throw e;
      } catch (KafkaException | IllegalStateException e) {
        attempt.reject(e);
      }
      if (!attempt.refused()) {
        return;
      }
      if (unknown(pending)) {
        attempt.giveUp();
        return;
      }
      if (System.nanoTime() >= closeDeadlineNanos) {
        pending.meter().dropped(Reason.CLOSED);
        return;
      }
    }
  }

  /// Whether it is the topic that is missing, and not the brokers: they have just taken others, and
  /// never this one. To wait for it would hold up all the rest.
  private boolean unknown(Pending pending) {
    return pending.meter().acknowledgedCount() == 0
        && acknowledgedNanos > System.nanoTime() - RECENT.toNanos();
  }

  /// One send. The producer reports a full buffer or missing metadata on the calling thread, before
  /// send returns: that record can be tried again. What it reports later, on its own thread, is
  /// final.
  private final class Attempt {
    private final Pending pending;
    private boolean done;
    private boolean refused;

    Attempt(Pending pending) {
      this.pending = pending;
    }

    void completed(@Nullable Exception failure) {
      if (failure == null) {
        pending.meter().acknowledged();
        acknowledgedNanos = System.nanoTime();
        recovered();
      } else if (failure instanceof TimeoutException && Thread.currentThread().equals(thread)) {
        refused = true;
        trouble(failure);
      } else {
        reject(failure);
      }
    }

    void reject(Exception failure) {
      if (!done) {
        done = true;
        pending
            .meter()
            .dropped(
                failure instanceof TimeoutException
                    ? Reason.TIMEOUT
                    : closing.get() ? Reason.CLOSED : Reason.REJECTED);
        trouble(failure);
      }
    }

    boolean refused() {
      return refused;
    }

    void giveUp() {
      pending.meter().dropped(Reason.REJECTED);
      LOG.warn("there is no topic {}: see halfsecond topics plan", pending.message().topic());
    }
  }

  private void trouble(Exception failure) {
    if (!troubled) {
      troubled = true;
      LOG.warn(
          "Kafka takes no records, they are kept up to {}: {}",
          queue.size() + queue.remainingCapacity(),
          failure.toString());
    }
  }

  private void recovered() {
    if (troubled) {
      troubled = false;
      LOG.info("Kafka takes records again");
    }
  }
}
