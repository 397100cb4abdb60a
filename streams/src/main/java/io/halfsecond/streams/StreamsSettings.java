package io.halfsecond.streams;

import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.processor.DeadLetters;
import io.halfsecond.streams.telemetry.TimeBounds;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;

/// How the topology runs.
///
/// @param bootstrapServers host:port, comma-separated
/// @param applicationId consumer group, and prefix of the topology's internal topics
/// @param topics where telemetry comes from and alerts go
/// @param stateDirectory of this instance alone; may be lost, the stores are then restored from
///   Kafka
/// @param threads stream threads, at least 1
/// @param replicationFactor of internal topics, -1 for the brokers' default
/// @param commitInterval how often a transaction commits: alerts are seen that much later at most
/// @param timeBounds which event times are believed
/// @param instance name of this instance among those of one application, the same after a restart:
///   its tasks then wait for it instead of moving (static membership). Empty: tasks move as soon as
///   it leaves.
/// @param kafka anything else, under Kafka's own names, and with Kafka's prefixes (`consumer.`,
///   `producer.`)
public record StreamsSettings(
    String bootstrapServers,
    String applicationId,
    Topics topics,
    Path stateDirectory,
    int threads,
    int replicationFactor,
    Duration commitInterval,
    DetectorSettings detector,
    TimeBounds timeBounds,
    Optional<String> instance,
    Map<String, String> kafka) {

  public static final String DEFAULT_APPLICATION_ID = "halfsecond";

  /// Fits the brokers' default of `transaction.max.timeout.ms`, 15 minutes, and a stall of a loaded
  /// machine. The 10 s that Kafka Streams would take were seen to run out on two shared cores.
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(1);

  /// Long enough for a restart, short enough for a failover that nobody waits for.
  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(30);

  /// Opts in to what Kafka Streams 5 will always do; its constant is deprecated for that reason.
  private static final String GLOBAL_PROCESSING_HANDLER =
      "processing.exception.handler.global.enabled";

  private static final long CACHE_BYTES = 32L << 20;

  /// What alerts being neither lost nor doubled rests on.
  private static final Set<String> OWNED =
      Set.of(
          StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
          StreamsConfig.APPLICATION_ID_CONFIG,
          StreamsConfig.STATE_DIR_CONFIG,
          StreamsConfig.NUM_STREAM_THREADS_CONFIG,
          StreamsConfig.REPLICATION_FACTOR_CONFIG,
          StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
          StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
          StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG,
          StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG,
          StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
          StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
          StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG);

  public StreamsSettings {
    kafka = Map.copyOf(kafka);
    require(!bootstrapServers.isBlank(), "bootstrapServers must not be empty");
    require(!applicationId.isBlank(), "applicationId must not be empty");
    require(threads >= 1, "threads must be at least 1, not " + threads);
    require(
        replicationFactor >= 1 || replicationFactor == -1,
        "replicationFactor must be at least 1, or -1 for the brokers' default, not "
            + replicationFactor);
    require(commitInterval.isPositive(), "commitInterval must be positive, not " + commitInterval);
    require(
        commitInterval.compareTo(TRANSACTION_TIMEOUT) < 0,
        "commitInterval must be less than " + TRANSACTION_TIMEOUT + ", not " + commitInterval);
    for (var key : kafka.keySet()) {
      require(
          !OWNED.contains(key), "kafka." + key + " has a setting of its own or must stay as it is");
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /// One thread, the brokers' own replication factor, a commit every second.
  public static StreamsSettings defaults(String bootstrapServers, Path stateDirectory) {
    return new StreamsSettings(
        bootstrapServers,
        DEFAULT_APPLICATION_ID,
        Topics.defaults(),
        stateDirectory,
        1,
        -1,
        Duration.ofSeconds(1),
        DetectorSettings.defaults(),
        TimeBounds.defaults(),
        Optional.empty(),
        Map.of());
  }

  public StreamsSettings withApplicationId(String applicationId) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withTopics(Topics topics) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withThreads(int threads) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withReplicationFactor(int replicationFactor) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withCommitInterval(Duration commitInterval) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withDetector(DetectorSettings detector) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withTimeBounds(TimeBounds timeBounds) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  public StreamsSettings withInstance(String instance) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        Optional.of(instance),
        kafka);
  }

  public StreamsSettings withKafka(Map<String, String> kafka) {
    return new StreamsSettings(
        bootstrapServers,
        applicationId,
        topics,
        stateDirectory,
        threads,
        replicationFactor,
        commitInterval,
        detector,
        timeBounds,
        instance,
        kafka);
  }

  /// @param registry for the counters of the handlers that Kafka Streams makes by itself
  Properties properties(MeterRegistry registry, InstantSource clock) {
    var p = new HashMap<String, Object>();
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    p.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicationFactor);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    p.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        (int) TRANSACTION_TIMEOUT.toMillis());
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION_TIMEOUT.toMillis());
    instance.ifPresent(
        name ->
            p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), name));

    p.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, topics.deadLetters().name());
    p.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.Unreadable.class);
    p.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.Insane.class);
    p.put(GLOBAL_PROCESSING_HANDLER, true);
    // Retries what may pass and fails on the rest: an alert that can't be written must not be
    // skipped.
    p.put(
        StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
        DefaultProductionExceptionHandler.class);
    p.put(DeadLetters.CONTEXT, new DeadLetters.Context(registry, clock));
    p.putAll(kafka);
    var properties = new Properties();
    properties.putAll(p);
    return properties;
  }
}
