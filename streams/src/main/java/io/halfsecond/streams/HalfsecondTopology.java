package io.halfsecond.streams;

import static org.apache.kafka.streams.state.Stores.keyValueStoreBuilder;
import static org.apache.kafka.streams.state.Stores.persistentKeyValueStore;
import static org.apache.kafka.streams.state.Stores.persistentWindowStore;
import static org.apache.kafka.streams.state.Stores.windowStoreBuilder;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.metric.Board;
import io.halfsecond.streams.processor.Check;
import io.halfsecond.streams.processor.DeadLetters;
import io.halfsecond.streams.processor.Deduplicate;
import io.halfsecond.streams.processor.EventTime;
import io.halfsecond.streams.processor.Judge;
import io.halfsecond.streams.processor.Measure;
import io.halfsecond.streams.processor.Publish;
import io.halfsecond.streams.processor.Show;
import io.halfsecond.streams.processor.Watch;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.window.HostWindow;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
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
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/// The whole topology.
///
/// ```
/// auth-timing ──────► check ┐
/// session-cpu ──────► check ┼► watch ► deduplicate ► measure ┬► judge ► publish ► alerts
/// collector-status ─► check ┘                                └► windows of 1 and 5 min ► show
/// ```
///
/// One sub-topology: the key is the host from the first node to the last but one, so nothing is repartitioned, and
/// a host's telemetry, from all its topics, is seen by one task.
public final class HalfsecondTopology {
  static final String HOSTS = "hosts";
  static final String SEEN_IDS = "seen-ids";
  static final String KEY_STATES = "key-states";
  static final String OPEN_ALERTS = "open-alerts";

  private static final Serde<HostState> HOST_STATE = serde(HostState::toBytes, HostState::fromBytes);
  private static final Serde<HostWindow> HOST_WINDOW = serde(HostWindow::toBytes, HostWindow::fromBytes);

  /// Nothing waits for a window to close, so a generous grace costs only the disk it lies on.
  private static final Duration WINDOW_GRACE = Duration.ofMinutes(5);

  /// A store has one RocksDB for every half of this. Kept for size and grace only, which is the default, each three
  /// minutes of event time would open another: catching up with 50 hours then took 40 s of standstill in a minute.
  private static final Duration WINDOW_RETENTION = Duration.ofHours(2);

  private final StreamsSettings settings;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Board board;

  private HalfsecondTopology(StreamsSettings settings, MeterRegistry registry, InstantSource clock) {
    this.settings = settings;
    this.registry = registry;
    this.clock = clock;
    this.board = new Board(registry);
  }

  /// @param registry where the meters named in [io.halfsecond.streams.metric.Meters] appear
  /// @param clock the wall clock, against which event times are checked
  public static Topology build(StreamsSettings settings, MeterRegistry registry, InstantSource clock) {
    return new HalfsecondTopology(settings, registry, clock).build();
  }

  private Topology build() {
    var properties = settings.properties(registry, clock);
    var builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(properties)));
    var topics = settings.topics();
    addStores(builder);
    DeadLetters.counter(registry);

    var readings = read(builder, topics.authTiming(), "auth-timing", Telemetry.Authentication::new)
      .merge(read(builder, topics.sessionCpu(), "session-cpu", Telemetry.Session::new),
        Named.as("add-sessions"))
      .merge(read(builder, topics.collectorStatus(), "collector-status", Telemetry.Heartbeat::new),
        Named.as("add-heartbeats"))
      .processValues(() -> new Watch(HOSTS, board), Named.as("watch"), HOSTS)
      .processValues(() -> new Deduplicate(SEEN_IDS, registry), Named.as("deduplicate"), SEEN_IDS)
      .processValues(() -> new Measure(registry), Named.as("measure"));

    readings
      .process(() -> new Judge(KEY_STATES, HOSTS, settings.detector(), board), Named.as("judge"), KEY_STATES,
        HOSTS)
      .processValues(() -> new Publish(OPEN_ALERTS, board, registry), Named.as("publish"), OPEN_ALERTS)
      .selectKey((_, alert) -> alert.getAlertId(), Named.as("key-by-alert"))
      .to(topics.alerts().name(), Produced.<String, Alert>as("write-alerts")
        .withKeySerde(topics.alerts().keySerde()).withValueSerde(topics.alerts().valueSerde()));

    var measured = readings.filter((_, reading) -> !reading.measurements().isEmpty(),
      Named.as("keep-measured"));
    show(measured, "one-minute", "1m", Duration.ofMinutes(1));
    show(measured, "five-minute", "5m", Duration.ofMinutes(5));
    return builder.build(properties);
  }

  private <V> KStream<String, Telemetry> read(StreamsBuilder builder, Topic<V> topic, String name,
    Function<V, Telemetry> asTelemetry) {
    return builder
      .stream(topic.name(), Consumed.<String, V>as("read-" + name)
        .withKeySerde(topic.keySerde()).withValueSerde(topic.valueSerde())
        .withTimestampExtractor(new EventTime(settings.timeBounds(), clock)))
      .processValues(() -> new Check<>(asTelemetry, settings.timeBounds(), clock), Named.as("check-" + name));
  }

  private void show(KStream<String, Reading> measured, String name, String label, Duration size) {
    measured
      .groupByKey(Grouped.<String, Reading>as("by-host").withKeySerde(Serdes.String()))
      .windowedBy(TimeWindows.ofSizeAndGrace(size, WINDOW_GRACE))
      .aggregate(HostWindow::empty, (_, reading, window) -> window.plus(reading),
        Named.as("summarise-" + name),
        Materialized.<String, HostWindow, WindowStore<Bytes, byte[]>>as(name + "-signals")
          .withKeySerde(Serdes.String()).withValueSerde(HOST_WINDOW).withRetention(WINDOW_RETENTION))
      .toStream(Named.as("follow-" + name))
      .process(() -> new Show(label, size, board), Named.as("show-" + name));
  }

  /// All logged to Kafka, which is the default. Ids are never read twice in a row, so a cache would not help them.
  private static void addStores(StreamsBuilder builder) {
    builder.addStateStore(
      keyValueStoreBuilder(persistentKeyValueStore(HOSTS), Serdes.String(), HOST_STATE).withCachingEnabled());
    builder.addStateStore(windowStoreBuilder(
      persistentWindowStore(SEEN_IDS, Deduplicate.MEMORY, Duration.ofMinutes(1), false), Serdes.String(),
      Serdes.ByteArray()));
    builder.addStateStore(
      keyValueStoreBuilder(persistentKeyValueStore(KEY_STATES), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled());
    builder.addStateStore(keyValueStoreBuilder(persistentKeyValueStore(OPEN_ALERTS), Serdes.String(),
      AvroSerde.of(Alert.class)).withCachingEnabled());
  }

  private static <T> Serde<T> serde(Function<T, byte[]> toBytes, Function<byte[], T> fromBytes) {
    return Serdes.serdeFrom((_, value) -> toBytes.apply(value), (_, bytes) -> fromBytes.apply(bytes));
  }
}
