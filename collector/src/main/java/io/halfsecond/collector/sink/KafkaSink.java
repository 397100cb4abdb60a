package io.halfsecond.collector.sink;

import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends records to Kafka with an idempotent producer.
///
/// A producer that has lost a record is closed at once, so that no later record of the topic
/// overtakes it, and a new one is made after a pause that grows up to 10 s. Some producers would
/// never send again anyway: one that first met a wrong password, or one in a fatal state.
public final class KafkaSink implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int REQUESTS_AT_FIRST = 100;
  private static final int REQUESTS_A_SECOND = 50;
  private static final String NO_ID =
      "the brokers give the producer no id: this user lacks Write on every topic";
  private static final String UNKNOWN_BROKERS = "No resolvable bootstrap urls";

  /// A producer, and what it has.
  private static final class Connection {
    private final Producer<String, byte[]> producer;

    /// By topic: how many records are not answered.
    private final Map<String, Integer> unanswered = new ConcurrentHashMap<>();

    private final AtomicBoolean abandoned = new AtomicBoolean();
    private volatile boolean acknowledged;
    private volatile boolean worked;
    private final long sinceNanos = System.nanoTime();
    private List<Metric> authenticationFailures = List.of();
    private List<Metric> requests = List.of();
    private List<Metric> connections = List.of();
    private double failedAuthentications;

    Connection(Producer<String, byte[]> producer) {
      this.producer = producer;
    }

    private double failedAuthentications() {
      if (authenticationFailures.isEmpty()) {
        authenticationFailures = find("failed-authentication-total");
      }
      return sum(authenticationFailures);
    }

    /// A producer that may write to no topic gets no id, and asks for one thousands of times a
    /// second. One that waits for topics asks for them ten times a second at most.
    private boolean asksWithoutPause() {
      if (requests.isEmpty()) {
        requests = find("request-total");
      }
      double seconds = (System.nanoTime() - sinceNanos) / 1e9;
      return sum(requests) > REQUESTS_AT_FIRST + REQUESTS_A_SECOND * seconds;
    }

    private boolean connected() {
      if (connections.isEmpty()) {
        connections = find("connection-count");
      }
      return sum(connections) > 0;
    }

    /// To be kept: a producer has 300 metrics, and is asked often.
    private List<Metric> find(String name) {
      return producer.metrics().values().stream()
          .filter(metric -> metric.metricName().name().equals(name))
          .filter(metric -> metric.metricName().group().equals("producer-metrics"))
          .<Metric>map(metric -> metric)
          .toList();
    }

    private static double sum(List<Metric> metrics) {
      return metrics.stream()
          .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
          .sum();
    }
  }

  private final String servers;
  private final Supplier<Producer<String, byte[]>> producers;
  private final ExecutorService opener =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("halfsecond-kafka").daemon(true).factory());
  private volatile @Nullable Connection connection;
  private volatile Exception lastFailure = new KafkaException("not connected yet");

  /// Why the brokers have refused this user; null once they take a record.
  private volatile @Nullable Exception refusal;

  private volatile boolean closed;
  private volatile Duration pause = Duration.ZERO;

  /// @param servers names the brokers to people
  /// @param producers makes a producer; called again when one can no longer be used
  /// @throws KafkaException if it cannot be made for another reason than that the brokers' names
  ///   are not known
  public KafkaSink(String servers, Supplier<Producer<String, byte[]>> producers) {
    this.servers = servers;
    this.producers = producers;
    try {
      connection = new Connection(producers.get());
    } catch (KafkaException e) {
      if (!namesAreUnknown(e)) {
        opener.shutdown();
        throw e;
      }
      lastFailure = e;
      openLater();
    }
  }

  static Producer<String, byte[]> producer(String clientId, KafkaSettings settings) {
    var properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "20");
    // With more, the first records of a new partition can be stuck until they expire: if the broker
    // refuses the first request because it does not lead the partition yet, and takes the second,
    // it takes the first no more (KAFKA-15591, mended after 4.3).
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    // So a backlog goes out in few requests.
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, "65536");
    // What has expired is sent again, perhaps for the second time: a broker restarts within this.
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "600000");
    // A record that is not taken is offered again: nothing waits for the producer.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
    // Twice as much as the emitter hands over at a time.
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, "2097152");
    // Each attempt to connect is a line in the log.
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "5000");
    properties.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
    // Not as beans of JMX too, which nothing reads.
    properties.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    properties.putAll(settings.client());
    return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  @Override
  public void send(EncodedRecord message, Receipt receipt) {
    var open = connection;
    if (open == null || open.abandoned.get()) {
      receipt.failed(Failure.BUSY, lastFailure);
      return;
    }
    var sent =
        new ProducerRecord<>(
            message.topic(), null, message.at().toEpochMilli(), message.key(), message.value());
    if (message.mac().length > 0) {
      sent.headers().add(Sealer.HEADER, message.mac());
    }
    var topic = message.topic();
    open.unanswered.merge(topic, 1, Integer::sum);
    // The producer answers on this thread if it did not take the record.
    var sending = Thread.currentThread();
    try {
      var _ =
          open.producer.send(
              sent,
              (_, failure) ->
                  answered(
                      open,
                      topic,
                      Thread.currentThread().equals(sending),
                      Optional.ofNullable(failure),
                      receipt));
    } catch (KafkaException | IllegalStateException e) {
      answered(open, topic, true, Optional.of(e), receipt);
    }
  }

  /// The producer keeps to itself that a user has no rights or a topic is missing: a record is not
  /// taken then, as when nobody answers.
  @Override
  public Waiting obstacle(Optional<Exception> cause) {
    var open = connection;
    boolean unknown = cause.filter(Failures::isUnknownTopic).isPresent();
    return cause
        .filter(failure -> !(failure instanceof TimeoutException))
        .or(() -> Optional.ofNullable(refusal))
        .map(Failures::obstacle)
        .orElseGet(
            () ->
                unknown && open != null && open.connected()
                    ? new Waiting(
                        Waiting.Reason.TOPICS,
                        "the topic is missing, or this user lacks Write on it")
                    : new Waiting(Waiting.Reason.BROKER, servers + " does not answer"));
  }

  private void answered(
      Connection from,
      String topic,
      boolean untaken,
      Optional<Exception> failure,
      Receipt receipt) {
    int others = from.unanswered.merge(topic, -1, Integer::sum);
    if (failure.isEmpty()) {
      from.acknowledged = true;
      from.worked = true;
      refusal = null;
      receipt.acknowledged();
      return;
    }
    var cause = failure.get();
    var kind = Failures.of(cause, untaken);
    // Before the answer: the emitter must not send to this producer any more.
    switch (kind) {
      case LOST -> abandon(from, cause, !untaken);
      case REFUSED -> {
        if (!untaken && others > 0) {
          abandon(from, cause, true);
        }
      }
      case BUSY -> {
        if (!from.worked && from.asksWithoutPause()) {
          abandon(from, new ClusterAuthorizationException(NO_ID), false);
        }
      }
      case REJECTED -> {}
    }
    receipt.failed(kind, cause);
  }

  /// A connected producer whose password was changed goes on without a word until its records
  /// expire, and never sends them: only its metrics tell.
  @Override
  public void check() {
    var open = connection;
    if (open == null) {
      return;
    }
    double failed = open.failedAuthentications();
    if (failed > open.failedAuthentications && !open.acknowledged) {
      abandon(open, new AuthenticationException("the brokers refuse the credentials"), false);
    }
    open.failedAuthentications = failed;
    open.acknowledged = false;
  }

  /// Gives up a producer: it answers what it has as lost, and another one is made.
  ///
  /// @param answering whether this is the producer's own thread
  private void abandon(Connection from, Exception cause, boolean answering) {
    if (!from.abandoned.compareAndSet(false, true)) {
      return;
    }
    lastFailure = cause;
    if (Failures.isRefusal(cause)) {
      refusal = cause;
    }
    connection = null;
    if (from.worked) {
      pause = Duration.ZERO;
    }
    if (answering) {
      // On the producer's own thread this returns at once, and nothing more is sent.
      from.producer.close(Duration.ZERO);
    }
    if (!closed) {
      opener.execute(() -> from.producer.close(Duration.ZERO));
    }
    openLater();
  }

  private void openLater() {
    if (!closed) {
      opener.execute(this::open);
    }
  }

  private void open() {
    try {
      var doubled = pause.multipliedBy(2);
      pause =
          pause.isZero()
              ? SHORTEST_PAUSE
              : doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
      Thread.sleep(pause);
      connection = new Connection(producers.get());
    } catch (KafkaException e) {
      LOG.debug("no producer could be made", e);
      lastFailure = e;
      openLater();
    } catch (InterruptedException _) {
      // By close().
    }
  }

  @Override
  public void close(Duration timeout) {
    closed = true;
    opener.shutdownNow();
    var open = connection;
    if (open != null) {
      open.producer.close(timeout);
    }
  }

  private static boolean namesAreUnknown(KafkaException e) {
    return e.getCause() instanceof ConfigException cause
        && String.valueOf(cause.getMessage()).contains(UNKNOWN_BROKERS);
  }
}
