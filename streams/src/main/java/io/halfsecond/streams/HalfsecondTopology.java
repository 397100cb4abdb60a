package io.halfsecond.streams;

import static org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore;
import static org.apache.kafka.streams.state.Stores.keyValueStoreBuilder;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.travel.TravelledSchemas;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.metric.AlertSlots;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.metric.Meters;
import io.halfsecond.streams.metric.NotableHosts;
import io.halfsecond.streams.processor.BeforeCommit;
import io.halfsecond.streams.processor.Check;
import io.halfsecond.streams.processor.CheckCohortInput;
import io.halfsecond.streams.processor.DatabaseStore;
import io.halfsecond.streams.processor.DeadLetters;
import io.halfsecond.streams.processor.EventTime;
import io.halfsecond.streams.processor.JudgeCohorts;
import io.halfsecond.streams.processor.JudgeHosts;
import io.halfsecond.streams.processor.OutputMeters;
import io.halfsecond.streams.processor.ProfileStore;
import io.halfsecond.streams.processor.Received;
import io.halfsecond.streams.processor.SchemaMeters;
import io.halfsecond.streams.processor.ShowWindows;
import io.halfsecond.streams.telemetry.Authentication;
import io.halfsecond.streams.telemetry.CohortChecks;
import io.halfsecond.streams.telemetry.HostLimit;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.InputTopic;
import io.halfsecond.streams.telemetry.UnbrokenReading;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/// The whole topology.
///
/// ```
/// auth-timing ──────► check ┐
/// session-cpu ──────► check ┤
/// probe ────────────► check ┤                ┌► alerts
/// self-test ────────► check ┼► judge hosts ──┼► windows of 1 and 5 min ► show
/// host-fingerprint ─► check ┤     ▲          └► by cohort ► check ► judge cohorts ┬► alerts
/// collector-status ─► check ┤     │                                      ▲        └► cohorts
/// control ──────────► check ┘     └──────────── profiles ────────────────┴────────────┘
/// ```
///
/// There are two sub-topologies, each with one engine. In the first, the key is the host from the
/// first node on, so one task reads the telemetry of a host from all topics. In the second, the key
/// is the cohort, and one topic carries all of its input, in order. The profiles of cohorts return
/// to the first by a topic of their own. Each profile has a time from which it is valid, so an
/// alert of a host does not depend on the progress of other tasks.
public final class HalfsecondTopology {
  static final JudgeHosts.HostStoreNames HOST_STORES =
      new JudgeHosts.HostStoreNames(
          "hosts",
          "key-states",
          "trials",
          "self-tests",
          "forgeries",
          "open-alerts",
          "host-histories",
          "before-host-commit",
          "profiles");

  private static final JudgeHosts.Children BEHIND_HOSTS =
      new JudgeHosts.Children(
          "take-alerts", "take-cohort-inputs", List.of("show-one-minute", "show-five-minute"));

  /// Hosts that have sent a right code. All checks use it.
  private static final String SENDERS = "authenticated-hosts";

  private static final JudgeCohorts.CohortStoreNames COHORT_STORES =
      new JudgeCohorts.CohortStoreNames(
          "cohort-states",
          "cohort-knowledge",
          "open-cohort-alerts",
          "incidents",
          "cohort-hosts",
          "recent-deviations",
          "before-cohort-commit",
          HOST_STORES.profiles());

  private final StreamsSettings settings;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final TravelledSchemas schemas;
  private final Topics topics;
  private final Board board;
  private final NotableHosts notable;
  private final Supplier<Optional<UnbrokenReading.Progress>> progress;

  private HalfsecondTopology(
      StreamsSettings settings,
      MeterRegistry registry,
      InstantSource clock,
      TravelledSchemas schemas,
      Board board,
      Supplier<Optional<UnbrokenReading.Progress>> progress) {
    this.settings = settings;
    this.registry = registry;
    this.clock = clock;
    this.schemas = schemas;
    this.topics = settings.topics().reading(schemas);
    this.board = board;
    this.notable = new NotableHosts(settings.hostMetrics());
    this.progress = progress;
  }

  /// @param registry gets the meters named in [io.halfsecond.streams.metric.Meters]
  /// @param clock the wall clock, against which event times are checked
  /// @param schemas of other versions, which may have written to the topics and stores
  public static Topology build(
      StreamsSettings settings,
      MeterRegistry registry,
      InstantSource clock,
      TravelledSchemas schemas) {
    return build(settings, registry, clock, schemas, new Board(registry), Optional::empty);
  }

  /// @param board what is shown of hosts and alerts; of this registry
  /// @param progress of the consumer of the stream thread that asks. Where it is not known, nobody
  ///   is judged to be silent
  static Topology build(
      StreamsSettings settings,
      MeterRegistry registry,
      InstantSource clock,
      TravelledSchemas schemas,
      Board board,
      Supplier<Optional<UnbrokenReading.Progress>> progress) {
    return new HalfsecondTopology(settings, registry, clock, schemas, board, progress).build();
  }

  private Topology build() {
    var properties = settings.properties(registry, clock);
    var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
    addStores(builder);
    Stream.of(HOST_STORES.own(), COHORT_STORES.own())
        .flatMap(Stream::of)
        .forEach(store -> DeadLetters.registerStore(registry, store));
    DeadLetters.register(registry);
    OutputMeters.register(registry);
    SchemaMeters.register(registry, schemas);
    var limit =
        new HostLimit(
            settings.application().hosts().most(),
            settings.application().hosts().newAnHour(),
            clock);
    Meters.HOSTS.gauge(registry, Tags.empty(), limit, HostLimit::known);
    var hostSlots = new AlertSlots(registry, "hosts");
    var cohortSlots = new AlertSlots(registry, "cohorts");

    var ofHosts =
        readAll(builder)
            .process(
                () ->
                    new JudgeHosts(
                        HOST_STORES,
                        BEHIND_HOSTS,
                        settings.detector(),
                        topics.authTiming().partitions(),
                        clock,
                        new OutputMeters(registry, board, notable, hostSlots),
                        schemas,
                        limit,
                        progress),
                Named.as("judge-hosts"),
                HOST_STORES.own());
    write(ofHosts, "");
    show(ofHosts, BEHIND_HOSTS.windows().getFirst(), "1m", Duration.ofMinutes(1));
    show(ofHosts, BEHIND_HOSTS.windows().getLast(), "5m", Duration.ofMinutes(5));

    var ofCohorts =
        byCohort(ofHosts)
            .processValues(
                () -> new CheckCohortInput(settings.timeBounds(), clock),
                Named.as("check-cohort-inputs"))
            .process(
                () ->
                    new JudgeCohorts(
                        COHORT_STORES,
                        settings.detector(),
                        topics.authTiming().partitions(),
                        clock,
                        new OutputMeters(registry, board, notable, cohortSlots),
                        schemas),
                Named.as("judge-cohorts"),
                COHORT_STORES.own());
    write(ofCohorts, "cohort-");
    ofCohorts
        .flatMapValues(HalfsecondTopology::profiles, Named.as("take-profiles"))
        .selectKey((_, profile) -> ProfileStore.key(profile), Named.as("key-by-profile"))
        .to(topics.cohorts().name(), produced(topics.cohorts(), "write-profiles"));
    return builder.build(properties);
  }

  private KStream<String, Input> readAll(StreamsBuilder builder) {
    var inputs = InputTopic.all(topics);
    var authentication = settings.authentication().open(clock);
    var all = read(builder, inputs.getFirst(), authentication);
    for (var input : inputs.subList(1, inputs.size())) {
      all = all.merge(read(builder, input, authentication), Named.as("add-" + input.name()));
    }
    return all;
  }

  private <V> KStream<String, Input> read(
      StreamsBuilder builder, InputTopic<V> input, Authentication authentication) {
    var topic = input.topic();
    return builder.stream(
            topic.name(),
            Consumed.<String, Received<V>>as("read-" + input.name())
                .withKeySerde(topic.keySerde())
                .withValueSerde(Received.serde(topic.valueSerde()))
                .withTimestampExtractor(
                    new EventTime<>(input.asInput(), settings.timeBounds(), clock)))
        .processValues(
            () -> new Check<>(input, settings.timeBounds(), authentication, SENDERS, clock),
            Named.as("check-" + input.name()),
            SENDERS);
  }

  /// One topic for all inputs of a cohort: it keeps their order.
  private KStream<String, CohortInput> byCohort(KStream<String, Output.Published> outputs) {
    return outputs
        .flatMapValues(HalfsecondTopology::cohortInputs, Named.as(BEHIND_HOSTS.cohortInputs()))
        .selectKey((_, input) -> CohortChecks.cohort(input), Named.as("key-by-cohort"))
        .repartition(
            Repartitioned.<String, CohortInput>as("by-cohort")
                .withKeySerde(Serdes.String())
                .withValueSerde(AvroSerde.of(CohortInput.class).reading(schemas))
                .withNumberOfPartitions(topics.authTiming().partitions()));
  }

  /// @param prefix of the names of the nodes
  private void write(KStream<String, Output.Published> outputs, String prefix) {
    var alerts =
        outputs
            .flatMapValues(HalfsecondTopology::alerts, Named.as(prefix + "take-alerts"))
            .selectKey((_, alert) -> alert.getAlertId(), Named.as(prefix + "key-by-alert"));
    alerts.to(topics.alerts().name(), produced(topics.alerts(), prefix + "write-alerts"));
    topics
        .alertsJson()
        .ifPresent(json -> alerts.to(json.name(), produced(json, prefix + "write-alerts-json")));
  }

  private void show(
      KStream<String, Output.Published> outputs, String name, String label, Duration size) {
    outputs.process(() -> new ShowWindows(label, size, board, notable), Named.as(name));
  }

  private static <V> Produced<String, V> produced(Topic<V> topic, String name) {
    return Produced.<String, V>as(name)
        .withKeySerde(topic.keySerde())
        .withValueSerde(topic.valueSerde());
  }

  private static List<Alert> alerts(Output.Published output) {
    return output instanceof Output.Alerted(var change, _) ? change.records() : List.of();
  }

  private static List<CohortInput> cohortInputs(Output.Published output) {
    return output instanceof Output.ToCohort(var input, _) ? List.of(input) : List.of();
  }

  private static List<CohortProfile> profiles(Output.Published output) {
    return output instanceof Output.Profiled(var profile) ? List.of(profile) : List.of();
  }

  /// All stores are logged to Kafka, which is the default. Those that change with each record have
  /// no cache of Kafka Streams', because the engines keep objects in front of them.
  private void addStores(StreamsBuilder builder) {
    for (var name :
        List.of(
            HOST_STORES.hosts(),
            HOST_STORES.keyStates(),
            HOST_STORES.trials(),
            COHORT_STORES.keyStates(),
            COHORT_STORES.knowledge(),
            COHORT_STORES.recentDeviations())) {
      builder.addStateStore(
          keyValueStoreBuilder(DatabaseStore.named(name), Serdes.String(), Serdes.ByteArray()));
    }
    builder.addStateStore(BeforeCommit.builder(HOST_STORES.beforeCommit()));
    builder.addStateStore(BeforeCommit.builder(COHORT_STORES.beforeCommit()));
    for (var name :
        List.of(
            HOST_STORES.selfTests(),
            HOST_STORES.openAlerts(),
            HOST_STORES.histories(),
            COHORT_STORES.openAlerts(),
            COHORT_STORES.incidents(),
            COHORT_STORES.hosts())) {
      builder.addStateStore(
          keyValueStoreBuilder(DatabaseStore.named(name), Serdes.String(), Serdes.ByteArray())
              .withCachingEnabled());
    }
    // In memory: at most a few bytes per enrolled host.
    for (var name : List.of(SENDERS, HOST_STORES.forgeries())) {
      builder.addStateStore(
          keyValueStoreBuilder(inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray()));
    }
    // In memory: it grows by a few kilobytes per cohort and day, and is read for every measurement.
    builder.addGlobalStore(
        keyValueStoreBuilder(
                inMemoryKeyValueStore(HOST_STORES.profiles()), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled(),
        topics.cohorts().name(),
        Consumed.<String, byte[]>as("read-profiles")
            .withKeySerde(Serdes.String())
            .withValueSerde(Serdes.ByteArray()),
        () -> ProfileStore.writer(HOST_STORES.profiles()));
  }
}
