package io.halfsecond.streams;

import io.halfsecond.schemas.RecordSchemas;
import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.travel.SchemaFollower;
import io.halfsecond.schemas.travel.SchemaWriter;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.schemas.travel.TravelledSchemas.Patience;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.Present;
import io.halfsecond.streams.processor.RecordsInHand;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/// Runs the topology.
///
/// The topics must exist. [FailurePolicy] handles failures of stream threads. Schemas of other
/// versions are followed on a thread of its own; those of this version are written at the start.
public final class HalfsecondStreams implements AutoCloseable {
  /// Longer than a commit takes, and shorter than a supervisor waits before it kills the process.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /// How long the start waits for the schemas of other versions. Without them the topology also
  /// starts; a store may hold records that it needs them for.
  private static final Duration SCHEMAS_TIMEOUT = Duration.ofSeconds(10);

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
          "kafka.stream.failed.stream.threads",
          // 0 while Kafka is out of reach.
          "kafka.consumer.connection.count");

  private final KafkaStreams streams;
  private final FailurePolicy failures;
  private final TopologyWatch watch;
  private final KafkaStreamsMetrics metrics;
  private final GroupMembershipOperation atClose;
  private final GroupMembership membership;
  private final StreamsSettings settings;
  private final Board board;
  private final RecordsInHand inHand;
  private final TravelledSchemas schemas = new TravelledSchemas(Patience.OF_TOPOLOGY);
  private Optional<SchemaFollower> follower = Optional.empty();
  private Optional<SchemaWriter> writer = Optional.empty();

  /// Adds a filter for Kafka's own meters to the registry.
  public HalfsecondStreams(StreamsSettings settings, MeterRegistry registry) {
    this(settings, registry, InstantSource.system());
  }

  HalfsecondStreams(StreamsSettings settings, MeterRegistry registry, InstantSource clock) {
    registry.config().meterFilter(MeterFilter.deny(HalfsecondStreams::isUnwanted));
    this.settings = settings;
    board = new Board(registry);
    inHand = RecordsInHand.open(settings.application().stateDirectory());
    var properties = settings.properties(registry, clock, inHand);
    var member = MemberName.of(settings.application());
    membership = new GroupMembership(settings, member);
    properties.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), member);
    var fetches = new ConsumerFetches();
    streams =
        new KafkaStreams(
            HalfsecondTopology.build(settings, registry, clock, schemas, board, fetches),
            properties);
    fetches.watch(streams::metrics);
    failures = new FailurePolicy(clock);
    streams.setUncaughtExceptionHandler(failures);
    metrics = new KafkaStreamsMetrics(streams);
    metrics.bindTo(registry);
    Meters.TOPOLOGY_RUNNING.gauge(registry, Tags.empty(), streams, s -> running(s) ? 1 : 0);
    watch = new TopologyWatch(streams, settings.bootstrapServers());
    Meters.LAST_JUDGED.gauge(registry, Tags.empty(), watch, TopologyWatch::secondsSinceJudged);
    atClose =
        settings.application().instance().isPresent()
            ? GroupMembershipOperation.REMAIN_IN_GROUP
            : GroupMembershipOperation.LEAVE_GROUP;
  }

  private static boolean isUnwanted(Meter.Id id) {
    return id.getName().startsWith(KAFKA) && !KAFKA_METERS.contains(id.getName());
  }

  /// Reads the schemas of other versions, which takes up to ten seconds, then joins the consumer
  /// group and begins to process.
  ///
  /// @throws IllegalStateException if it was started before
  public void start() {
    var topic = settings.topics().schemas();
    var reading =
        SchemaFollower.start(
            settings.bootstrapServers(), settings.client("consumer."), topic, schemas);
    follower = Optional.of(reading);
    writer =
        Optional.of(
            SchemaWriter.start(
                settings.bootstrapServers(),
                settings.client("producer."),
                topic,
                RecordSchemas.OF_TOPOLOGY));
    reading.awaitEnd(SCHEMAS_TIMEOUT);
    streams.start();
    watch.start();
  }

  /// False once the topology has failed permanently or was closed. Then it must be restarted.
  public boolean healthy() {
    return switch (streams.state()) {
      case CREATED, REBALANCING, RUNNING -> true;
      case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> false;
    };
  }

  /// Why a thread has failed last, which is why the topology is not healthy any more; empty if none
  /// has.
  public Optional<Throwable> failure() {
    return failures.last();
  }

  /// Answers about the hosts of this instance.
  public FleetQueries queries() {
    return new FleetQueries(
        streams,
        settings,
        Optional.ofNullable(settings.kafka().get(StreamsConfig.APPLICATION_SERVER_CONFIG)),
        schemas,
        board::present);
  }

  /// What this instance shows now of its hosts and their alerts.
  public Present present() {
    return board.present();
  }

  /// Why what comes is not judged now: Kafka does not answer, tasks are not restored, or the newest
  /// record has to wait. Empty if it is, or if nothing comes. Not known of one that has failed.
  public Optional<Waiting> waiting() {
    return watch.waiting();
  }

  /// Whether it has its tasks and has restored their state.
  public boolean running() {
    return running(streams);
  }

  private static boolean running(KafkaStreams streams) {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  /// Commits and stops, waiting up to 30 seconds. The tasks of an instance that the user has named
  /// stay reserved for it. Another leaves the group, so that its tasks move at once; and so does
  /// one that has failed because it was given none.
  @Override
  public void close() {
    watch.close();
    metrics.close();
    streams.close(CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(atClose));
    if (failure().filter(GroupMembership::isOfAssignment).isPresent()) {
      membership.giveUp();
    }
    inHand.close();
    follower.ifPresent(SchemaFollower::close);
    writer.ifPresent(SchemaWriter::close);
  }
}
