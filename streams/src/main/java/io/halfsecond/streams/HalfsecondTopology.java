package io.halfsecond.streams;

import static org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore;
import static org.apache.kafka.streams.state.Stores.keyValueStoreBuilder;
import static org.apache.kafka.streams.state.Stores.persistentKeyValueStore;
import static org.apache.kafka.streams.state.Stores.persistentWindowStore;
import static org.apache.kafka.streams.state.Stores.windowStoreBuilder;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.CohortNews;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Topic;
import io.halfsecond.streams.measurement.Look;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.processor.Check;
import io.halfsecond.streams.processor.CheckControl;
import io.halfsecond.streams.processor.DeadLetters;
import io.halfsecond.streams.processor.Decisions;
import io.halfsecond.streams.processor.Deduplicate;
import io.halfsecond.streams.processor.EventTime;
import io.halfsecond.streams.processor.Gather;
import io.halfsecond.streams.processor.JudgeCohorts;
import io.halfsecond.streams.processor.JudgeHosts;
import io.halfsecond.streams.processor.Measure;
import io.halfsecond.streams.processor.ProfileStore;
import io.halfsecond.streams.processor.Publish;
import io.halfsecond.streams.processor.Show;
import io.halfsecond.streams.processor.Watch;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.window.HostWindow;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/// The whole topology.
///
/// ```
/// auth-timing ──────► check ┐
/// session-cpu ──────► check ┤
/// probe ────────────► check ┤
/// self-test ────────► check ┼► watch ► deduplicate ► measure ┬► judge hosts ──┬──► publish ► alerts
/// host-fingerprint ─► check ┤                                │     ▲          │      ▲ │
/// collector-status ─► check ┘                                │     ├ control  │  looks │ │
///                                                            │     ├ profiles │        │ │
///                                                            ├─────┼──────────┼────────┘ │
///                                                            │     │  deviations,        │
///                                                            │     │  fingerprints, alerts, control: by cohort
///                                                            │     │          ▼          ▼
///                                                            │  cohorts ◄─ judge cohorts ► publish ► alerts
///                                                            │                │            ▼
///                                                            │                └────────► gather ► alerts (incidents)
///                                                            └► windows of 1 and 5 min ► show
/// ```
///
/// Two sub-topologies. In the first the key is the host from the first node on, so a host's
/// telemetry, from all its topics, is seen by one task. In the second it is the cohort, and all
/// that it is told comes by one topic, in order. What is known of cohorts comes back to the hosts
/// by a topic of profiles, each of which says from when on it holds: so no alert of a host depends
/// on how far one task is ahead of another.
public final class HalfsecondTopology {
  static final String HOSTS = "hosts";
  static final String SEEN_IDS = "seen-ids";
  static final String KEY_STATES = "key-states";
  static final String SELF_TESTS = "self-tests";
  static final String OPEN_ALERTS = "open-alerts";
  static final String HOST_HISTORIES = "host-histories";
  static final String PROFILES = "profiles";
  static final String COHORT_STATES = "cohort-states";
  static final String COHORT_KNOWLEDGE = "cohort-knowledge";
  static final String OPEN_COHORT_ALERTS = "open-cohort-alerts";
  static final String INCIDENTS = "incidents";
  static final String COHORT_HOSTS = "cohort-hosts";
  static final String RECENTS = "recents";

  private static final Serde<HostState> HOST_STATE =
      serde(HostState::toBytes, HostState::fromBytes);
  private static final Serde<HostWindow> HOST_WINDOW =
      serde(HostWindow::toBytes, HostWindow::fromBytes);

  /// Nothing waits for a window to close, so a generous grace costs only the disk it lies on.
  private static final Duration WINDOW_GRACE = Duration.ofMinutes(5);

  /// A store has one RocksDB for every half of this. Kept for size and grace only, which is the
  /// default, each three minutes of event time would open another: catching up with 50 hours then
  /// took 40 s of standstill in a minute.
  private static final Duration WINDOW_RETENTION = Duration.ofHours(2);

  private final StreamsSettings settings;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Board board;
  private final Decisions decisions;

  private HalfsecondTopology(
      StreamsSettings settings, MeterRegistry registry, InstantSource clock) {
    this.settings = settings;
    this.registry = registry;
    this.clock = clock;
    this.board = new Board(registry);
    this.decisions = new Decisions(registry);
  }

  /// @param registry where the meters named in [io.halfsecond.streams.metric.Meters] appear
  /// @param clock the wall clock, against which event times are checked
  public static Topology build(
      StreamsSettings settings, MeterRegistry registry, InstantSource clock) {
    return new HalfsecondTopology(settings, registry, clock).build();
  }

  private Topology build() {
    var properties = settings.properties(registry, clock);
    var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
    var topics = settings.topics();
    addStores(builder);
    DeadLetters.counter(registry);

    var readings =
        read(builder, topics.authTiming(), "auth-timing", Telemetry.Authentication::new)
            .merge(
                read(builder, topics.sessionCpu(), "session-cpu", Telemetry.Session::new),
                Named.as("add-sessions"))
            .merge(
                read(builder, topics.probe(), "probe", Telemetry.Probe::new),
                Named.as("add-probes"))
            .merge(
                read(builder, topics.selfTest(), "self-test", Telemetry.SelfTest::new),
                Named.as("add-self-tests"))
            .merge(
                read(
                    builder,
                    topics.hostFingerprint(),
                    "host-fingerprint",
                    Telemetry.Inventory::new),
                Named.as("add-fingerprints"))
            .merge(
                read(
                    builder,
                    topics.collectorStatus(),
                    "collector-status",
                    Telemetry.Heartbeat::new),
                Named.as("add-heartbeats"))
            .processValues(() -> new Watch(HOSTS, board), Named.as("watch"), HOSTS)
            .processValues(
                () -> new Deduplicate(SEEN_IDS, registry), Named.as("deduplicate"), SEEN_IDS)
            .processValues(() -> new Measure(registry), Named.as("measure"));
    var controls =
        consume(builder, topics.control(), "control")
            .processValues(CheckControl::new, Named.as("check-control"));

    // What is known of a host is known before it is judged.
    var fingerprints =
        readings.flatMapValues(HalfsecondTopology::fingerprints, Named.as("take-fingerprints"));
    var looks = readings.flatMapValues(HalfsecondTopology::looks, Named.as("take-looks"));
    var judged = judgeHosts(readings, controls);
    var alerts =
        publish(
            judged
                .flatMapValues(HalfsecondTopology::verdicts, Named.as("take-verdicts"))
                .merge(looks, Named.as("add-looks")),
            new Publish.Stores(OPEN_ALERTS, Optional.of(HOST_HISTORIES)),
            "");

    var news =
        byCohort(
            judged
                .flatMapValues(HalfsecondTopology::deviations, Named.as("take-deviations"))
                .merge(fingerprints, Named.as("add-cohort-fingerprints"))
                .merge(
                    alerts.flatMapValues(
                        HalfsecondTopology::ofCohort, Named.as("take-alerts-of-cohorts")),
                    Named.as("add-cohort-alerts"))
                .merge(
                    controls.flatMapValues(
                        HalfsecondTopology::cohortControls, Named.as("take-cohort-controls")),
                    Named.as("add-cohort-controls")));
    var cohorts = judgeCohorts(news);
    var cohortAlerts =
        publish(
            cohorts.flatMapValues(
                HalfsecondTopology::cohortVerdicts, Named.as("take-cohort-verdicts")),
            new Publish.Stores(OPEN_COHORT_ALERTS, Optional.empty()),
            "cohort-");
    write(
        gather(
            news.merge(
                cohortAlerts.flatMapValues(
                    HalfsecondTopology::ofCohort, Named.as("take-cohort-alerts")),
                Named.as("add-alerts-of-cohorts"))),
        "incident-");
    cohorts
        .flatMapValues(HalfsecondTopology::profiles, Named.as("take-profiles"))
        .to(
            topics.cohorts().name(),
            Produced.<String, CohortProfile>as("write-profiles")
                .withKeySerde(topics.cohorts().keySerde())
                .withValueSerde(topics.cohorts().valueSerde()));

    var measured =
        readings.filter(
            (_, reading) -> !reading.measurements().isEmpty(), Named.as("keep-measured"));
    show(measured, "one-minute", "1m", Duration.ofMinutes(1));
    show(measured, "five-minute", "5m", Duration.ofMinutes(5));
    return builder.build(properties);
  }

  private <V> KStream<String, Telemetry> read(
      StreamsBuilder builder, Topic<V> topic, String name, Function<V, Telemetry> asTelemetry) {
    return consume(builder, topic, name)
        .processValues(
            () -> new Check<>(asTelemetry, settings.timeBounds(), clock),
            Named.as("check-" + name));
  }

  private <V> KStream<String, V> consume(StreamsBuilder builder, Topic<V> topic, String name) {
    return builder.stream(
        topic.name(),
        Consumed.<String, V>as("read-" + name)
            .withKeySerde(topic.keySerde())
            .withValueSerde(topic.valueSerde())
            .withTimestampExtractor(new EventTime(settings.timeBounds(), clock)));
  }

  private KStream<String, JudgeHosts.Finding> judgeHosts(
      KStream<String, Reading> readings, KStream<String, AlertControl> controls) {
    return readings
        .mapValues(HalfsecondTopology::measured, Named.as("bring-readings"))
        .merge(
            controls
                .filterNot(
                    (_, control) -> control.getHost().isEmpty(), Named.as("keep-host-controls"))
                .mapValues(HalfsecondTopology::decided, Named.as("bring-controls")),
            Named.as("add-controls"))
        .process(
            () ->
                new JudgeHosts(
                    new JudgeHosts.Stores(KEY_STATES, SELF_TESTS, HOSTS, PROFILES),
                    settings.detector(),
                    settings.topics().authTiming().partitions(),
                    decisions,
                    clock,
                    board),
            Named.as("judge-hosts"),
            KEY_STATES,
            SELF_TESTS,
            HOSTS);
  }

  private KStream<String, JudgeCohorts.Finding> judgeCohorts(KStream<String, CohortNews> news) {
    return news.process(
        () ->
            new JudgeCohorts(
                new JudgeCohorts.Stores(COHORT_STATES, COHORT_KNOWLEDGE, PROFILES),
                settings.detector(),
                decisions,
                clock),
        Named.as("judge-cohorts"),
        COHORT_STATES,
        COHORT_KNOWLEDGE);
  }

  private KStream<String, Alert> gather(KStream<String, CohortNews> news) {
    var stores = new Gather.Stores(INCIDENTS, COHORT_HOSTS, RECENTS);
    return news.processValues(
        () -> new Gather(stores, settings.detector().budget(), decisions, board, registry),
        Named.as("gather"),
        stores.names());
  }

  /// One topic for all: they come out in the order in which they went in.
  private KStream<String, CohortNews> byCohort(KStream<String, CohortNews> news) {
    return news.selectKey((_, each) -> cohort(each), Named.as("key-by-cohort"))
        .repartition(
            Repartitioned.<String, CohortNews>as("by-cohort")
                .withKeySerde(Serdes.String())
                .withValueSerde(AvroSerde.of(CohortNews.class))
                .withNumberOfPartitions(settings.topics().authTiming().partitions()));
  }

  /// @param prefix of the nodes' names
  private KStream<String, Alert> publish(
      KStream<String, Publish.Case> cases, Publish.Stores stores, String prefix) {
    var alerts =
        cases.processValues(
            () -> new Publish(stores, board, registry),
            Named.as(prefix + "publish"),
            stores.names());
    write(alerts, prefix);
    return alerts;
  }

  private void write(KStream<String, Alert> alerts, String prefix) {
    var topic = settings.topics().alerts();
    alerts
        .selectKey((_, alert) -> alert.getAlertId(), Named.as(prefix + "key-by-alert"))
        .to(
            topic.name(),
            Produced.<String, Alert>as(prefix + "write-alerts")
                .withKeySerde(topic.keySerde())
                .withValueSerde(topic.valueSerde()));
  }

  private static String cohort(CohortNews news) {
    return switch (news.getNews()) {
      case Deviation deviation -> deviation.getCohort();
      case HostFingerprint fingerprint -> fingerprint.getCohort();
      case Alert alert -> alert.getCohort();
      case AlertControl control -> control.getCohort();
      default ->
          throw new IllegalArgumentException("no news of a cohort: " + news.getNews().getClass());
    };
  }

  private static JudgeHosts.Case measured(Reading reading) {
    return new JudgeHosts.Case.Measured(reading);
  }

  private static JudgeHosts.Case decided(AlertControl control) {
    return new JudgeHosts.Case.Decided(control);
  }

  private static List<Publish.Case> verdicts(JudgeHosts.Finding finding) {
    return finding instanceof JudgeHosts.Finding.Judged(var verdict)
        ? List.of(new Publish.Case.Judged(verdict))
        : List.of();
  }

  private static List<Publish.Case> looks(Reading reading) {
    return reading
        .look()
        .<List<Publish.Case>>map(look -> List.of(new Publish.Case.Looked(look)))
        .orElse(List.of());
  }

  private static List<CohortNews> deviations(JudgeHosts.Finding finding) {
    return finding instanceof JudgeHosts.Finding.Deviated(var deviation)
        ? List.of(new CohortNews(deviation))
        : List.of();
  }

  private static List<CohortNews> fingerprints(Reading reading) {
    return reading
        .look()
        .flatMap(Look::fingerprint)
        .filter(fingerprint -> !fingerprint.getCohort().isEmpty())
        .map(fingerprint -> List.of(new CohortNews(fingerprint)))
        .orElse(List.of());
  }

  private static List<CohortNews> ofCohort(Alert alert) {
    return alert.getCohort().isEmpty() ? List.of() : List.of(new CohortNews(alert));
  }

  private static List<CohortNews> cohortControls(AlertControl control) {
    return control.getHost().isEmpty() ? List.of(new CohortNews(control)) : List.of();
  }

  private static List<Publish.Case> cohortVerdicts(JudgeCohorts.Finding finding) {
    return finding instanceof JudgeCohorts.Finding.Judged(var verdict)
        ? List.of(new Publish.Case.Judged(verdict))
        : List.of();
  }

  private static List<CohortProfile> profiles(JudgeCohorts.Finding finding) {
    return finding instanceof JudgeCohorts.Finding.Profiled(var profile)
        ? List.of(profile)
        : List.of();
  }

  private void show(KStream<String, Reading> measured, String name, String label, Duration size) {
    measured
        .groupByKey(Grouped.<String, Reading>as("by-host").withKeySerde(Serdes.String()))
        .windowedBy(TimeWindows.ofSizeAndGrace(size, WINDOW_GRACE))
        .aggregate(
            HostWindow::empty,
            (_, reading, window) -> window.plus(reading),
            Named.as("summarise-" + name),
            Materialized.<String, HostWindow, WindowStore<Bytes, byte[]>>as(name + "-signals")
                .withKeySerde(Serdes.String())
                .withValueSerde(HOST_WINDOW)
                .withRetention(WINDOW_RETENTION))
        .toStream(Named.as("follow-" + name))
        .process(() -> new Show(label, size, board), Named.as("show-" + name));
  }

  /// All logged to Kafka, which is the default. Ids are never read twice in a row, so a cache would
  /// not help them.
  private void addStores(StreamsBuilder builder) {
    builder.addStateStore(
        keyValueStoreBuilder(persistentKeyValueStore(HOSTS), Serdes.String(), HOST_STATE)
            .withCachingEnabled());
    builder.addStateStore(
        windowStoreBuilder(
            persistentWindowStore(SEEN_IDS, Deduplicate.MEMORY, Duration.ofMinutes(1), false),
            Serdes.String(),
            Serdes.ByteArray()));
    for (var name :
        List.of(
            KEY_STATES,
            SELF_TESTS,
            COHORT_STATES,
            COHORT_KNOWLEDGE,
            HOST_HISTORIES,
            INCIDENTS,
            COHORT_HOSTS,
            RECENTS)) {
      builder.addStateStore(
          keyValueStoreBuilder(persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
              .withCachingEnabled());
    }
    for (var name : List.of(OPEN_ALERTS, OPEN_COHORT_ALERTS)) {
      builder.addStateStore(
          keyValueStoreBuilder(
                  persistentKeyValueStore(name), Serdes.String(), AvroSerde.of(Alert.class))
              .withCachingEnabled());
    }
    // In memory: a few kilobytes a cohort and day, asked with every measurement.
    builder.addGlobalStore(
        keyValueStoreBuilder(inMemoryKeyValueStore(PROFILES), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled(),
        settings.topics().cohorts().name(),
        Consumed.<String, byte[]>as("read-profiles")
            .withKeySerde(Serdes.String())
            .withValueSerde(Serdes.ByteArray()),
        () -> ProfileStore.writer(PROFILES));
  }

  private static <T> Serde<T> serde(Function<T, byte[]> toBytes, Function<byte[], T> fromBytes) {
    return Serdes.serdeFrom(
        (_, value) -> toBytes.apply(value), (_, bytes) -> fromBytes.apply(bytes));
  }
}
