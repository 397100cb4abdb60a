package io.halfsecond.streams;

import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.metric.HostMetrics;
import io.halfsecond.streams.processor.DeadLetters;
import io.halfsecond.streams.processor.RecordsInHand;
import io.halfsecond.streams.processor.WrittenTime;
import io.halfsecond.streams.telemetry.HostLimit;
import io.halfsecond.streams.telemetry.TimeBounds;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/// How the topology runs.
///
/// @param bootstrapServers host:port, comma-separated
/// @param topics the topics to read and write
/// @param application the Kafka Streams application
/// @param timeBounds which event times are valid
/// @param authentication whether records must prove who they are from
/// @param hostMetrics of which hosts all series are shown
/// @param kafka further settings under Kafka's own names and prefixes (`consumer.`, `producer.`)
public record StreamsSettings(
    String bootstrapServers,
    Topics topics,
    Application application,
    DetectorSettings detector,
    TimeBounds timeBounds,
    AuthenticationSettings authentication,
    HostMetrics hostMetrics,
    Map<String, String> kafka) {

  /// Without authentication of records, and with details of notable hosts.
  public StreamsSettings(
      String bootstrapServers,
      Topics topics,
      Application application,
      DetectorSettings detector,
      TimeBounds timeBounds,
      Map<String, String> kafka) {
    this(
        bootstrapServers,
        topics,
        application,
        detector,
        timeBounds,
        AuthenticationSettings.NONE,
        HostMetrics.NOTABLE,
        kafka);
  }

  /// The Kafka Streams application.
  ///
  /// @param id consumer group, and prefix of the topology's internal topics
  /// @param stateDirectory of this instance alone; if it is lost, the stores are restored from
  ///   Kafka
  /// @param threads stream threads, at least 1
  /// @param replicationFactor of internal topics, -1 for the brokers' default
  /// @param standbyReplicas copies of the stores of each task on other instances, which take over
  ///   without restoring them; 0 for none
  /// @param commitInterval how often a transaction commits; delays an alert by at most that
  /// @param instance name of this instance within the application, the same after a restart: its
  ///   tasks then wait for it, for 30 s, instead of moving. Empty: tasks move as soon as it leaves,
  ///   or 10 s after it was killed; see [MemberName]
  /// @param hosts bounds of those that this instance keeps
  public record Application(
      String id,
      Path stateDirectory,
      int threads,
      int replicationFactor,
      int standbyReplicas,
      Duration commitInterval,
      Optional<String> instance,
      HostBounds hosts) {
    public Application {
      require(!id.isBlank(), "applicationId must not be empty");
      require(threads >= 1, "threads must be at least 1, not " + threads);
      require(
          replicationFactor >= 1 || replicationFactor == -1,
          "replicationFactor must be at least 1, or -1 for the brokers' default, not "
              + replicationFactor);
      require(standbyReplicas >= 0, "standbyReplicas must not be negative: " + standbyReplicas);
      require(
          commitInterval.isPositive(), "commitInterval must be positive, not " + commitInterval);
      require(
          commitInterval.compareTo(TRANSACTION_TIMEOUT) < 0,
          "commitInterval must be less than " + TRANSACTION_TIMEOUT + ", not " + commitInterval);
    }

    /// One thread, the brokers' own replication factor, a commit every second.
    public static Application defaults(Path stateDirectory) {
      return new Application(
          DEFAULT_APPLICATION_ID,
          stateDirectory,
          1,
          -1,
          0,
          Duration.ofSeconds(1),
          Optional.empty(),
          HostBounds.defaults());
    }

    /// With internal topics of one replica, for a single broker.
    public static Application ofOneBroker(Path stateDirectory, Duration commitInterval) {
      return new Application(
          DEFAULT_APPLICATION_ID,
          stateDirectory,
          1,
          1,
          0,
          commitInterval,
          Optional.empty(),
          HostBounds.defaults());
    }
  }

  /// How many hosts an instance keeps; see [HostLimit].
  ///
  /// @param most that it keeps, at least 1
  /// @param newAnHour that it takes on in an hour, at least 1; so many at once, if none came
  ///   before; empty for no such limit, because a fleet comes in at once
  public record HostBounds(int most, OptionalInt newAnHour) {
    /// A heap of 1 GB holds the state and the series of about so many.
    public static final int DEFAULT_MOST = 10_000;

    public HostBounds {
      require(most >= 1, "hosts must be at least 1, not " + most);
      require(newAnHour.orElse(1) >= 1, "new hosts an hour must be at least 1, not " + newAnHour);
    }

    public static HostBounds defaults() {
      return new HostBounds(DEFAULT_MOST, OptionalInt.empty());
    }
  }

  public static final String DEFAULT_APPLICATION_ID = "halfsecond";

  /// Longer than a loaded machine stalls: Kafka Streams' default of 10 s was exceeded on two shared
  /// cores. What was open when an instance was killed holds up the one that takes over for so long.
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(20);

  /// Of a named instance: long enough for a restart on another node.
  private static final Duration SESSION_TIMEOUT_OF_NAMED = Duration.ofSeconds(30);

  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  /// Opts in to the behaviour of Kafka Streams 5; its constant is deprecated for that reason.
  private static final String GLOBAL_PROCESSING_HANDLER =
      "processing.exception.handler.global.enabled";

  private static final long CACHE_BYTES = 32L << 20;

  /// Settings that must not change: they guarantee that no alert is lost or duplicated.
  private static final Set<String> OWNED =
      Set.of(
          StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
          StreamsConfig.APPLICATION_ID_CONFIG,
          StreamsConfig.STATE_DIR_CONFIG,
          StreamsConfig.NUM_STREAM_THREADS_CONFIG,
          StreamsConfig.REPLICATION_FACTOR_CONFIG,
          StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG,
          StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
          StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
          StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG,
          StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG,
          StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
          StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
          StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
          StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG);

  public StreamsSettings {
    kafka = Map.copyOf(kafka);
    require(!bootstrapServers.isBlank(), "bootstrapServers must not be empty");
    for (var key : kafka.keySet()) {
      require(
          !OWNED.contains(key),
          "kafka." + key + " must not be set: another setting determines it, or it is fixed");
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  public static StreamsSettings defaults(String bootstrapServers, Application application) {
    return new StreamsSettings(
        bootstrapServers,
        Topics.defaults(),
        application,
        DetectorSettings.defaults(),
        TimeBounds.defaults(),
        Map.of());
  }

  /// Settings for a client beside those of Kafka Streams.
  ///
  /// @param prefix of settings for this kind of client, for example `consumer.`
  Map<String, String> client(String prefix) {
    var client = new HashMap<>(kafka);
    kafka.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            client.put(name.substring(prefix.length()), value);
          }
        });
    return client;
  }

  /// For a topology that does not remember which records it handles.
  Properties properties(MeterRegistry registry, InstantSource clock) {
    return properties(registry, clock, RecordsInHand.none());
  }

  /// @param registry for the counters of the handlers that Kafka Streams creates
  Properties properties(MeterRegistry registry, InstantSource clock, RecordsInHand inHand) {
    var p = new HashMap<String, Object>();
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, application.id);
    p.put(StreamsConfig.STATE_DIR_CONFIG, application.stateDirectory.toString());
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, application.threads);
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, application.replicationFactor);
    p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, application.standbyReplicas);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, application.commitInterval.toMillis());
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    p.put(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        (int) TRANSACTION_TIMEOUT.toMillis());
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int)
            (application.instance.isPresent() ? SESSION_TIMEOUT_OF_NAMED : SESSION_TIMEOUT)
                .toMillis());

    p.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, topics.deadLetters().name());
    p.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.Unreadable.class);
    p.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.Insane.class);
    p.put(GLOBAL_PROCESSING_HANDLER, true);
    // Retries transient errors and fails on others: an alert that cannot be written must not be
    // skipped.
    p.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetters.Unwritten.class);
    p.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, WrittenTime.class);
    p.put(DeadLetters.CONTEXT, new DeadLetters.HandlerContext(registry, clock, inHand));
    p.putAll(kafka);
    var properties = new Properties();
    properties.putAll(p);
    return properties;
  }
}
