package io.halfsecond.streams;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;

/// Runs the topology.
///
/// The topics must exist. [#start()] returns at once. [FailurePolicy] handles failures of stream
/// threads.
public final class HalfsecondStreams implements AutoCloseable {
  /// Longer than a commit takes, and shorter than a supervisor waits before it kills the process.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private static final String KAFKA = "kafka.";

  /// Those of Kafka's 1,700 metrics that show whether the topology keeps up, and why it does not.
  private static final Set<String> KAFKA_METERS =
      Set.of(
          "kafka.consumer.fetch.manager.records.lag",
          "kafka.consumer.coordinator.rebalance.total",
          "kafka.stream.task.dropped.records.total",
          "kafka.stream.thread.process.total",
          "kafka.stream.thread.commit.total",
          "kafka.stream.thread.task.created.total",
          "kafka.stream.failed.stream.threads");

  private final KafkaStreams streams;
  private final FailurePolicy failures;
  private final KafkaStreamsMetrics metrics;
  private final GroupMembershipOperation atClose;

  /// Adds a filter for Kafka's own meters to the registry.
  public HalfsecondStreams(StreamsSettings settings, MeterRegistry registry) {
    this(settings, registry, InstantSource.system());
  }

  HalfsecondStreams(StreamsSettings settings, MeterRegistry registry, InstantSource clock) {
    registry.config().meterFilter(MeterFilter.deny(HalfsecondStreams::isUnwanted));
    streams =
        new KafkaStreams(
            HalfsecondTopology.build(settings, registry, clock),
            settings.properties(registry, clock));
    failures = new FailurePolicy(clock);
    streams.setUncaughtExceptionHandler(failures);
    metrics = new KafkaStreamsMetrics(streams);
    metrics.bindTo(registry);
    atClose =
        settings.application().instance().isPresent()
            ? GroupMembershipOperation.REMAIN_IN_GROUP
            : GroupMembershipOperation.LEAVE_GROUP;
  }

  private static boolean isUnwanted(Meter.Id id) {
    return id.getName().startsWith(KAFKA) && !KAFKA_METERS.contains(id.getName());
  }

  /// Joins the consumer group and begins to process.
  ///
  /// @throws IllegalStateException if it was started before
  public void start() {
    streams.start();
  }

  /// False once the topology has failed permanently or was closed. Then it must be restarted.
  public boolean healthy() {
    return switch (streams.state()) {
      case CREATED, REBALANCING, RUNNING -> true;
      case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> false;
    };
  }

  /// Why the topology has failed permanently; empty while it has not.
  public Optional<Throwable> failure() {
    return failures.fatal();
  }

  /// Whether all tasks of this instance are restored and processing.
  public boolean ready() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /// Commits and stops, waiting up to 30 seconds. With static membership the tasks stay reserved
  /// for this instance. Otherwise it leaves the group, so that its tasks move at once and not after
  /// the session timeout of 30 s.
  @Override
  public void close() {
    metrics.close();
    streams.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(atClose));
  }
}
