package io.halfsecond.collector;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.Fate;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.emit.Emitter;
import io.halfsecond.collector.emit.FingerprintMapper;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.emit.RecordMapper;
import io.halfsecond.collector.emit.TopicMeter;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Inventory;
import io.halfsecond.collector.inventory.Pace;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The collector of one host: sources → queue → assembler → emitter → Kafka, each on threads of its
/// own.
///
/// **Guarantees** nothing that a source reads or the assembler makes goes uncounted (see
/// [CollectorMetrics]); no part ever waits for Kafka; a source that cannot run is reported and the
/// rest runs without it.
public final class Collector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final String KERNEL = "kernel";
  private static final String LOG_SOURCE = "log";
  private static final String PROBE = "probe";

  /// By then the sources have started: none of their children ends while a self-test counts its
  /// own.
  private static final Duration FIRST_SELF_TEST = Duration.ofMinutes(1);

  /// A change is told before the alert that it explains: that takes half a minute.
  private static final Duration INVENTORY_INTERVAL = Duration.ofSeconds(5);

  private static final Path PASSWD = Path.of("/etc/passwd");

  /// Events between the sources and the assembler: some 5 s of the 183 connections/s that saturated
  /// two cores.
  private static final int EVENT_QUEUE_CAPACITY = 16_384;

  /// What is given from outside so that tests can give something else.
  record Surroundings(InstantSource wall, LongSupplier monotonicNanos, Path proc, Path passwd) {
    static Surroundings ofThisHost() {
      return new Surroundings(InstantSource.system(), System::nanoTime, Proc.ROOT, PASSWD);
    }
  }

  /// How one source is doing.
  ///
  /// @param detail for a person: what it reads, or what it lacks and how to give it
  public record SourceReport(String name, SourceMeter.Condition condition, String detail) {}

  private final CollectorSettings settings;
  private final Surroundings surroundings;
  private final List<SourceSlot> slots;
  private final Map<String, SourceMeter> meters = new HashMap<>();
  private final Topics topics;
  private final List<Topic<?>> written;
  private final Emitter emitter;
  private final RecordMapper mapper;
  private final Origin origin;
  private final WallClock clock;
  private final Instant startedAt;
  private final BlockingQueue<SshEvent> events = new ArrayBlockingQueue<>(EVENT_QUEUE_CAPACITY);
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("halfsecond-heartbeat").daemon(true).factory());
  private final Lock alone = new ReentrantLock();
  private final Optional<SelfTests> selfTests;
  private final Consumer<ProbeOutcome> probes;
  private final Monitors monitors = new Monitors();
  private final Optional<Inventories> inventories;
  private volatile @Nullable Pipeline pipeline;
  private boolean closed;

  /// @throws UncheckedIOException if the state directory or the pseudonym key cannot be made or
  ///   read
  public Collector(CollectorSettings settings, MeterRegistry registry) {
    this(
        settings,
        registry,
        Sources.of(settings),
        Surroundings.ofThisHost(),
        Emitter.producer(
            settings.bootstrapServers(),
            "halfsecond-collector-" + settings.host(),
            settings.kafka()));
  }

  Collector(
      CollectorSettings settings,
      MeterRegistry registry,
      List<SourceSlot> slots,
      Surroundings surroundings,
      Producer<String, byte[]> producer) {
    this.settings = settings;
    this.surroundings = surroundings;
    this.slots = List.copyOf(slots);
    this.clock = new WallClock(surroundings.wall(), surroundings.monotonicNanos());
    this.startedAt = surroundings.wall().instant().truncatedTo(ChronoUnit.MICROS);
    this.origin =
        new Origin(
            settings.host(),
            settings.cohort(),
            Host.bootId(surroundings.proc()),
            UUID.randomUUID().toString());
    this.topics = Topics.of(settings.topicPrefix(), Topics.DEFAULT_PARTITIONS);
    this.written =
        List.of(
            topics.authTiming(),
            topics.sessionCpu(),
            topics.probe(),
            topics.selfTest(),
            topics.hostFingerprint(),
            topics.collectorStatus());
    this.emitter = new Emitter(settings.host(), settings.queueCapacity(), producer, written);
    this.mapper = new RecordMapper(origin, pseudonyms(settings), clock);
    var listeners = new SshdListeners(surroundings.proc(), settings.sshdCommand());
    this.selfTests =
        settings.selfTest()
            ? Optional.of(
                new SelfTests(
                    FIRST_SELF_TEST,
                    alone,
                    listeners::environment,
                    this::report,
                    new SecureRandom()))
            : Optional.empty();
    this.inventories =
        settings.inventory()
            ? Optional.of(
                inventories(new Inventory(surroundings.proc(), listeners, Pace.GENTLE, alone)))
            : Optional.empty();
    var metrics = new CollectorMetrics(registry, settings.host());
    slots.forEach(metrics::source);
    slots.forEach(slot -> meters.put(slot.name(), slot.meter()));
    metrics.connections(this::connections);
    metrics.topics(emitter, written);
    probes = metrics.probes();
  }

  /// Starts all that can run.
  ///
  /// @throws IllegalStateException if no source can; the message says what each lacks
  public void start() {
    slots.forEach(slot -> slot.start(this::take));
    slots.stream()
        .filter(slot -> !slot.running())
        .forEach(
            slot ->
                LOG.warn("source {} does not run: {}", slot.name(), slot.meter().state().detail()));
    var evidence = evidence();
    if (evidence.isEmpty()) {
      close();
      throw new IllegalStateException(
          "no source of evidence can run here: "
              + String.join(
                  "; ",
                  slots.stream()
                      .map(slot -> slot.name() + ": " + slot.meter().state().detail())
                      .toList()));
    }
    var assembly =
        new Pipeline(
            AssemblerSettings.defaults(evidence.get(), privsepUids()),
            events,
            surroundings.monotonicNanos(),
            () -> Host.pids(surroundings.proc()),
            this::count,
            this::emit);
    emitter.start();
    assembly.start();
    pipeline = assembly;
    selfTests.ifPresent(SelfTests::start);
    inventories.ifPresent(Inventories::start);
    var _ =
        heartbeats.scheduleAtFixedRate(
            this::beat, 0, settings.heartbeat().toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Whether events are being assembled and at least one source delivers; the probe, which only
  /// sees itself, aside.
  public boolean ready() {
    var assembly = pipeline;
    return assembly != null
        && assembly.alive()
        && slots.stream()
            .anyMatch(slot -> !slot.name().equals(PROBE) && CollectorMetrics.up(slot.meter()));
  }

  /// Whether nothing that was started has died: neither the assembler nor a source. True before
  /// [#start()], and where a source could not start at all. What is not healthy stays so until the
  /// process is started again.
  public boolean healthy() {
    var assembly = pipeline;
    return (assembly == null || assembly.alive()) && slots.stream().noneMatch(SourceSlot::died);
  }

  public List<SourceReport> sources() {
    return slots.stream()
        .map(
            slot ->
                new SourceReport(
                    slot.name(), slot.meter().state().condition(), slot.meter().state().detail()))
        .toList();
  }

  /// How many connections there were.
  public Connections connections() {
    var assembly = pipeline;
    return assembly == null ? Connections.NONE : assembly.connections();
  }

  /// Stops the sources, assembles and sends what was read, a last heartbeat included; waits at most
  /// 5 s for Kafka.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    heartbeats.shutdownNow();
    selfTests.ifPresent(SelfTests::close);
    inventories.ifPresent(Inventories::close);
    slots.forEach(SourceSlot::stop);
    var assembly = pipeline;
    if (assembly != null) {
      try {
        assembly.close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      beat();
    }
    emitter.close();
  }

  /// Sends a status record. An exception would end the schedule and with it all later ones, so it
  /// ends here.
  void beat() {
    try {
      clock.refresh();
      var at = surroundings.wall().instant().truncatedTo(ChronoUnit.MICROS);
      emitter.emit(topics.collectorStatus(), at, sequence -> status(at, sequence));
    } catch (RuntimeException e) {
      LOG.error("no heartbeat this time: {}", e.getClass().getName());
    }
  }

  private void emit(Result result) {
    switch (result) {
      case Result.AuthenticationDecided decided ->
          emitter.emit(
              topics.authTiming(),
              clock.instant(decided.decidedAtNanos()),
              sequence -> mapper.authTiming(decided, sequence));
      case Result.ConnectionEnded ended ->
          emitter.emit(
              topics.sessionCpu(),
              clock.instant(ended.endedAtNanos()),
              sequence -> mapper.sessionCpu(ended, sequence));
      case Result.Probed probed -> {
        probes.accept(probed.seen().outcome());
        emitter.emit(
            topics.probe(),
            clock.instant(probed.endedAtNanos()),
            sequence -> mapper.probeTiming(probed, sequence));
      }
    }
  }

  private void report(List<SelfTestResult> results) {
    long now = surroundings.monotonicNanos().getAsLong();
    emitter.emit(
        topics.selfTest(), clock.instant(now), sequence -> mapper.selfTest(results, now, sequence));
  }

  private Inventories inventories(Inventory inventory) {
    return new Inventories(
        INVENTORY_INTERVAL, inventory, monitors, surroundings.wall(), this::report);
  }

  private void report(Fingerprint fingerprint, Instant at, Optional<Instant> previousLookAt) {
    emitter.emit(
        topics.hostFingerprint(),
        at,
        sequence -> FingerprintMapper.of(origin, fingerprint, at, previousLookAt, sequence));
  }

  /// On the thread of a source.
  private boolean take(SshEvent event) {
    if (inventories.isPresent() && event instanceof KernelEvent ofKernel) {
      monitors.see(ofKernel);
    }
    return events.offer(event);
  }

  private void count(SshEvent event, Fate fate) {
    var meter =
        meters.get(
            switch (event) {
              case KernelEvent _ -> KERNEL;
              case LogEvent _ -> LOG_SOURCE;
              case ProbeEvent _ -> PROBE;
            });
    if (meter != null) {
      count(fate, meter);
    }
  }

  static void count(Fate fate, SourceMeter meter) {
    switch (fate) {
      case ASSEMBLED -> meter.assembled();
      case IRRELEVANT -> meter.dropped(SourceMeter.Reason.IRRELEVANT);
      case UNTRUSTED -> meter.dropped(SourceMeter.Reason.UNTRUSTED);
      case OVERFLOW -> meter.dropped(SourceMeter.Reason.OVERFLOW);
    }
  }

  private Optional<AssemblerSettings.Inputs> evidence() {
    var kernel = runs(KERNEL);
    var log = runs(LOG_SOURCE);
    if (kernel) {
      return Optional.of(
          log ? AssemblerSettings.Inputs.KERNEL_AND_LOG : AssemblerSettings.Inputs.KERNEL_ONLY);
    }
    return log ? Optional.of(AssemblerSettings.Inputs.LOG_ONLY) : Optional.empty();
  }

  private boolean runs(String name) {
    return slots.stream().anyMatch(slot -> slot.name().equals(name) && slot.running());
  }

  /// The uid that the preauth child drops to. Without one, -1: no child is ever recognised, which
  /// the status of the kernel source says.
  private Set<Integer> privsepUids() {
    var uid = Host.uid(surroundings.passwd(), settings.privsepUser());
    if (uid.isEmpty() && runs(KERNEL)) {
      var lack =
          "no account %s in %s: the preauth phase cannot be told; set the privsep user"
              .formatted(settings.privsepUser(), surroundings.passwd());
      LOG.error("source kernel: {}", lack);
      meters.computeIfPresent(
          KERNEL,
          (_, meter) -> {
            meter.become(SourceMeter.Condition.DEGRADED, lack);
            return meter;
          });
    }
    return Set.of(uid.orElse(-1));
  }

  private static Pseudonyms pseudonyms(CollectorSettings settings) {
    if (!settings.pseudonyms()) {
      return Pseudonyms.off();
    }
    try {
      Files.createDirectories(settings.stateDirectory());
      return settings.pseudonymKeyFile().isPresent()
          ? Pseudonyms.fromFile(settings.pseudonymKeyFile().get())
          : Pseudonyms.fromOwnFile(settings.stateDirectory().resolve("pseudonym.key"));
    } catch (IOException e) {
      throw new UncheckedIOException("pseudonym key: " + e.getMessage(), e);
    }
  }

  private CollectorStatus status(Instant at, long sequence) {
    var now = connections();
    var status =
        CollectorStatus.newBuilder()
            .setHost(settings.host())
            .setCollector(origin.collector())
            .setSequence(sequence)
            .setAt(at)
            .setStartedAt(startedAt)
            .setVersion(version())
            .setSources(slots.stream().map(slot -> status(slot.name(), slot.meter())).toList())
            .setConnectionsOpen(now.open())
            .setConnectionsOpened(now.opened())
            .setRecordsAcknowledged(sum(TopicMeter::acknowledgedCount))
            .setRecordsDropped(recordsDropped())
            .setRecordsInFlight(sum(TopicMeter::inFlight));
    inventories
        .flatMap(Inventories::lookedAt)
        // One that has come between is for the next heartbeat.
        .map(looked -> looked.truncatedTo(ChronoUnit.MICROS))
        .filter(looked -> !looked.isAfter(at))
        .ifPresent(status::setInventoryAt);
    return status.build();
  }

  private static SourceStatus status(String name, SourceMeter meter) {
    var state = meter.state();
    var dropped = new HashMap<String, Long>();
    var droppedInAll = 0L;
    for (var reason : SourceMeter.Reason.values()) {
      var count = meter.droppedCount(reason);
      droppedInAll += count;
      if (count > 0) {
        dropped.put(reason.label(), count);
      }
    }
    // Read once, and the rest is in flight by definition: the law holds in every record, whatever
    // runs meanwhile.
    var assembled = meter.assembledCount();
    var read = meter.readCount();
    return SourceStatus.newBuilder()
        .setName(name)
        .setState(
            switch (state.condition()) {
              case RUNNING -> SourceState.RUNNING;
              case DEGRADED -> SourceState.DEGRADED;
              case STOPPED, UNAVAILABLE -> SourceState.UNAVAILABLE;
            })
        .setDetail(state.detail())
        .setRead(read)
        .setAssembled(assembled)
        .setDropped(dropped)
        .setInFlight(read - assembled - droppedInAll)
        .setLost(meter.lostCount())
        .build();
  }

  private long sum(ToLongFunction<TopicMeter> count) {
    return written.stream().map(emitter::meter).mapToLong(count).sum();
  }

  private Map<String, Long> recordsDropped() {
    var dropped = new HashMap<String, Long>();
    for (var reason : TopicMeter.Reason.values()) {
      var count = sum(meter -> meter.droppedCount(reason));
      if (count > 0) {
        dropped.put(reason.label(), count);
      }
    }
    return dropped;
  }

  private static String version() {
    return Optional.ofNullable(Collector.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
