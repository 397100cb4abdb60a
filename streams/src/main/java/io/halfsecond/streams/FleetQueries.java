package io.halfsecond.streams;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.WriterSchemas;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.gate.GateEvidence;
import io.halfsecond.streams.gate.GateQuestion;
import io.halfsecond.streams.gate.TrialFilter;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.metric.Present;
import io.halfsecond.streams.processor.JudgeHosts;
import io.halfsecond.streams.processor.ReadOnlyStore;
import io.halfsecond.streams.query.Baseline;
import io.halfsecond.streams.query.HostOverview;
import io.halfsecond.streams.query.ObjectQuery;
import io.halfsecond.streams.query.ObjectSearch;
import io.halfsecond.streams.query.Whereabouts;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.HostState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/// Answers questions about the hosts of this instance from its stores, and says which instance has
/// another host. What a store does not have yet, because the engines keep it until a commit, is a
/// second old.
///
/// Safe for use by several threads.
public final class FleetQueries {
  /// The stores cannot be asked now. It may be tried again.
  public static final class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String TEXT =
        "the topology cannot be asked now, because it joins, restores, moves its work or has"
            + " failed";

    private NotReadyException() {
      super(TEXT);
    }

    private NotReadyException(RuntimeException cause) {
      super(TEXT, cause);
    }
  }

  /// The instances of the topology that say where they can be asked.
  ///
  /// @param others without this one
  /// @param complete whether these and this one have all hosts
  /// @param ownPartitions of the telemetry, that this one has
  /// @param partitions of the telemetry
  public record Instances(
      List<InetSocketAddress> others, boolean complete, int ownPartitions, int partitions) {}

  private static final JudgeHosts.HostStoreNames STORES = HalfsecondTopology.HOST_STORES;

  /// The board is written every few seconds.
  private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

  private final KafkaStreams streams;
  private final DetectorSettings settings;
  private final String telemetry;
  private final int partitions;
  private final Optional<HostInfo> self;
  private final Supplier<Present> present;
  private final AvroSerde<HostHistory> histories;

  /// It takes a look at every series of every host.
  private volatile @Nullable Shown shown;

  FleetQueries(
      KafkaStreams streams,
      StreamsSettings settings,
      Optional<String> advertised,
      WriterSchemas schemas,
      Supplier<Present> present) {
    this.streams = streams;
    this.settings = settings.detector();
    this.telemetry = settings.topics().authTiming().name();
    this.partitions = settings.topics().authTiming().partitions();
    this.self = advertised.map(HostInfo::buildFromEndpoint);
    this.present = present;
    this.histories = AvroSerde.of(HostHistory.class).reading(schemas);
  }

  /// Which hosts have a file.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public Whereabouts where(ObjectQuery query) {
    return asked(
        () -> {
          var search = new ObjectSearch(query);
          var texts = query.texts();
          var known = histories();
          var inspected = new HashSet<String>();
          known.scanEncoded(
              "",
              (host, encoded) -> {
                inspected.add(host);
                if (encoded.mayHave(texts)) {
                  encoded
                      .decoded()
                      .ifPresent(
                          history ->
                              search.take(
                                  history,
                                  () ->
                                      known.inspectedAt(host).orElse(history.getLatest().getAt())));
                }
              });
          var hosts = new ArrayList<String>();
          states((host, _) -> hosts.add(host));
          return new Whereabouts(
              hosts.size(),
              search.found(),
              hosts.stream().filter(host -> !inspected.contains(host)).toList());
        });
  }

  /// The newest fingerprint of each host.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public void fingerprints(Consumer<HostFingerprint> each) {
    asked(
        () -> {
          histories().scan("", (_, history) -> each.accept(history.getLatest()));
          return true;
        });
  }

  /// All hosts, by name.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public List<HostOverview> hosts() {
    return asked(
        () -> {
          var shown =
              present().hosts().stream()
                  .collect(Collectors.toMap(Present.Host::name, host -> host));
          var open = openAlerts();
          var known = histories();
          var hosts = new ArrayList<HostOverview>();
          states(
              (host, state) ->
                  hosts.add(
                      overview(host, state, known, Optional.ofNullable(shown.get(host)), open)));
          return hosts;
        });
  }

  /// One host; empty if this instance does not have it.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public Optional<HostOverview> host(String host) {
    return asked(
        () ->
            store(STORES.hosts())
                .read(host, HostState::fromBytes)
                .map(
                    state ->
                        overview(host, state, histories(), present().host(host), openAlerts())));
  }

  private static HostOverview overview(
      String host,
      HostState state,
      HostHistories histories,
      Optional<Present.Host> shown,
      Map<String, Long> openAlerts) {
    return new HostOverview(
        host,
        state.cohort(),
        state.clock(),
        Optional.of(state.heartbeat()).filter(at -> at.isAfter(Instant.MIN)),
        state.collectorRuns().goodbye(),
        histories.inspectedAt(host),
        shown.map(Present.Host::evidence),
        openAlerts.getOrDefault(host, 0L));
  }

  private Map<String, Long> openAlerts() {
    return present().alerts().stream()
        .map(Alert::getHost)
        .filter(host -> !host.isEmpty())
        .collect(Collectors.groupingBy(host -> host, Collectors.counting()));
  }

  /// Whether this instance has the host.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public boolean has(String host) {
    return asked(() -> store(STORES.hosts()).get(host) != null);
  }

  /// The baselines of a host, by signal and stratum.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public List<Baseline> baselines(String host) {
    return asked(
        () -> {
          var store = store(STORES.keyStates());
          long hosts =
              hasNoHosts() ? 1 : Math.max(1, keyValues(STORES.hosts()).approximateNumEntries());
          var baselines = new ArrayList<Baseline>();
          store.scan(
              SignalKey.prefix(host),
              (text, bytes) -> {
                if (SignalKey.isJudged(text)) {
                  store
                      .decoded(text, bytes, KeyState::fromBytes)
                      .ifPresent(
                          state ->
                              baselines.add(
                                  Baseline.of(SignalKey.parse(text), state, settings, hosts)));
                }
              });
          return baselines;
        });
  }

  /// What the trials of this instance's hosts say about a rollout.
  ///
  /// @param filter which hosts have it
  /// @param cohort only hosts of it; empty for all
  /// @throws NotReadyException if the stores cannot be asked now
  public GateEvidence gate(
      GateQuestion question, TrialFilter filter, Optional<String> cohort, Instant now) {
    return asked(
        () -> {
          var states = store(STORES.hosts());
          var ofCohort =
              cohort
                  .<TrialFilter>map(
                      name ->
                          (host, _) ->
                              states
                                  .read(host, HostState::fromBytes)
                                  .filter(state -> state.cohort().equals(name))
                                  .isPresent())
                  .map(filter::and)
                  .orElse(filter);
          var collector = new GateEvidence.Collector(question, ofCohort, now);
          store(STORES.trials()).scan("", collector::add);
          return collector.evidence();
        });
  }

  /// What is known of the files of a host and their changes; empty if it was never inspected.
  ///
  /// @throws NotReadyException if the stores cannot be asked now
  public Optional<HostHistory> history(String host) {
    return asked(() -> histories().of(host));
  }

  /// The open alerts of this instance, and the present of its hosts.
  public Present present() {
    long now = System.nanoTime();
    var known = shown;
    if (known == null || now - known.nanos > FRESH_NANOS) {
      known = new Shown(present.get(), now);
      shown = known;
    }
    return known.present;
  }

  private record Shown(Present present, long nanos) {}

  /// Where the instance can be asked that has a host; empty if it is this one, or if it does not
  /// say.
  ///
  /// @throws NotReadyException while instances join or leave
  public Optional<InetSocketAddress> owner(String host) {
    if (self.isEmpty()) {
      // It takes part in no exchange of addresses, and Kafka Streams knows none then.
      return Optional.empty();
    }
    return asked(
        () -> {
          var found = streams.queryMetadataForKey(STORES.hosts(), host, new StringSerializer());
          if (KeyQueryMetadata.NOT_AVAILABLE.equals(found)) {
            throw new InvalidStateStoreException("instances join or leave");
          }
          return isOther(found.activeHost())
              ? Optional.of(address(found.activeHost()))
              : Optional.<InetSocketAddress>empty();
        });
  }

  /// The instances of the topology.
  ///
  /// @throws NotReadyException while instances join or leave
  public Instances instances() {
    return asked(
        () -> {
          var all = streams.metadataForAllStreamsClients();
          var others = all.stream().filter(instance -> isOther(instance.hostInfo())).toList();
          return new Instances(
              others.stream().map(instance -> address(instance.hostInfo())).toList(),
              covered(others) == partitions,
              Math.toIntExact(ownPartitions().distinct().count()),
              partitions);
        });
  }

  /// How many partitions of the telemetry this instance and others have.
  private long covered(List<StreamsMetadata> others) {
    var theirs = others.stream().flatMap(instance -> instance.topicPartitions().stream());
    return Stream.concat(
            ownPartitions(), theirs.filter(partition -> partition.topic().equals(telemetry)))
        .distinct()
        .count();
  }

  /// The partitions of the telemetry that this instance has.
  private Stream<TopicPartition> ownPartitions() {
    return streams.metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .flatMap(task -> task.topicPartitions().stream())
        .filter(partition -> partition.topic().equals(telemetry));
  }

  private boolean isOther(HostInfo instance) {
    return !instance.equals(HostInfo.unavailable()) && self.filter(instance::equals).isEmpty();
  }

  private static InetSocketAddress address(HostInfo instance) {
    return InetSocketAddress.createUnresolved(instance.host(), instance.port());
  }

  private interface EachHost {
    void take(String host, HostState state);
  }

  private void states(EachHost each) {
    var store = store(STORES.hosts());
    store.scan(
        "",
        (host, bytes) ->
            store
                .decoded(host, bytes, HostState::fromBytes)
                .filter(HostState::isKnown)
                .ifPresent(state -> each.take(host, state)));
  }

  private HostHistories histories() {
    var name = STORES.histories();
    return new HostHistories(
        hasNoHosts() ? new MapStore() : ReadOnlyStore.of(keyValues(name), name, histories));
  }

  private ByteStore store(String name) {
    return hasNoHosts() ? new MapStore() : ReadOnlyStore.of(keyValues(name), name);
  }

  /// Kafka Streams gives an instance hosts, cohorts or both. Where it has no hosts, their stores
  /// are not there either.
  private boolean hasNoHosts() {
    return streams.state() == KafkaStreams.State.RUNNING && ownPartitions().findAny().isEmpty();
  }

  private ReadOnlyKeyValueStore<String, byte[]> keyValues(String name) {
    return streams.store(
        StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
  }

  private <T> T asked(Supplier<T> answer) {
    if (!streams.state().isRunningOrRebalancing()) {
      throw new NotReadyException();
    }
    try {
      return answer.get();
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException(e);
    }
  }
}
