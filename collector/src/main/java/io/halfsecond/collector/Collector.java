package io.halfsecond.collector;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.EarlierRun;
import io.halfsecond.collector.assembly.LeftOpen;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.emit.Emitter;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.emit.RecordMapper;
import io.halfsecond.collector.emit.RecordWriter;
import io.halfsecond.collector.emit.WallClock;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.inventory.DeclaredPrograms;
import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Inventory;
import io.halfsecond.collector.inventory.InventorySchedule;
import io.halfsecond.collector.inventory.process.ChildHandover;
import io.halfsecond.collector.inventory.process.ListenerExecutions;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.pipeline.EventQueue;
import io.halfsecond.collector.pipeline.HostProcesses;
import io.halfsecond.collector.pipeline.Pipeline;
import io.halfsecond.collector.pipeline.SavedConnections;
import io.halfsecond.collector.registry.EvidenceWatch;
import io.halfsecond.collector.registry.RegisteredSource;
import io.halfsecond.collector.registry.RegisteredSource.Delivers;
import io.halfsecond.collector.registry.SourceRegistry;
import io.halfsecond.collector.selftest.SelfTestSchedule;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpoolSettings;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.tamper.EarlyExec;
import io.halfsecond.collector.tamper.Exposure;
import io.halfsecond.collector.tamper.HiddenObjects;
import io.halfsecond.collector.tamper.KnownPrograms;
import io.halfsecond.collector.tamper.LoaderVariables;
import io.halfsecond.collector.tamper.LogAgainstKernel;
import io.halfsecond.collector.tamper.LogExcuses;
import io.halfsecond.collector.tamper.PhantomLogins;
import io.halfsecond.collector.tamper.TamperWatch;
import io.halfsecond.collector.tamper.Unlogged;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.SpoolState;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.Waiting;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The collector of one host: sources → queue → assembler → emitter → sink, each on threads of its
/// own.
///
/// **Guarantees** everything that a source reads or the assembler makes is counted (see
/// [CollectorMetrics]); no part waits for the sink; a source that cannot run is reported, and the
/// rest runs without it.
public final class Collector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final Path PAM = Path.of("/etc/pam.d");
  private static final Path PASSWD = Path.of("/etc/passwd");

  /// A heartbeat is made without waiting for anything.
  private static final Duration LAST_HEARTBEAT = Duration.ofSeconds(1);

  /// The clocks and files of this host; tests replace them.
  record HostAccess(InstantSource wall, LongSupplier monotonicNanos, Path proc, Path passwd) {
    static HostAccess ofThisHost() {
      return new HostAccess(InstantSource.system(), System::nanoTime, Proc.ROOT, PASSWD);
    }
  }

  private final CollectorSettings settings;
  private final HostAccess host;
  private final SourceRegistry sources;
  private final EventQueue events = new EventQueue();
  private final WallClock clock;
  private final Emitter emitter;
  private final RecordWriter records;
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("halfsecond-heartbeat").factory());
  private final Optional<SelfTestSchedule> selfTests;
  private final Optional<InventorySchedule> inventory;
  private final ChildHandover children = new ChildHandover();
  private final ListenerExecutions executions = new ListenerExecutions();
  private final TamperWatch tampering;
  private final Consumer<ProbeOutcome> probes;
  private final SavedConnections openConnections;
  private volatile @Nullable Pipeline pipeline;
  private boolean closed;

  /// @throws UncheckedIOException if the state directory, the pseudonym key or the authentication
  ///   key cannot be made or read
  public Collector(CollectorSettings settings, MeterRegistry registry) {
    this(
        settings,
        registry,
        settings.sources().register(settings.stateDirectory()),
        HostAccess.ofThisHost(),
        settings.sink().open("halfsecond-collector-" + settings.host().name()));
  }

  Collector(
      CollectorSettings settings,
      MeterRegistry registry,
      SourceRegistry sources,
      HostAccess host,
      Sink sink) {
    this.settings = settings;
    this.host = host;
    this.sources = sources;
    this.clock = new WallClock(host.wall(), host.monotonicNanos());
    var startedAt = host.wall().instant();
    var name = settings.host().name();
    var origin = Origin.ofNewRun(name, settings.host().cohort(), host.proc());
    this.openConnections =
        new SavedConnections(
            settings.stateDirectory().resolve("open-connections"), origin.bootId());
    var topics = Topics.of(settings.emitter().topicPrefix(), Topics.DEFAULT_PARTITIONS);
    var written = RecordWriter.topics(topics);
    this.emitter =
        new Emitter(
            origin,
            settings.emitter().queueCapacity(),
            settings.emitter().sealer(name, host.wall()),
            sink,
            settings.emitter().spool().map(own -> spool(own, origin)),
            written,
            host.wall());
    var pseudonyms = Pseudonyms.open(settings.pseudonyms(), settings.stateDirectory());
    this.records =
        new RecordWriter(
            topics,
            origin,
            startedAt,
            settings.heartbeat(),
            version(),
            new RecordMapper(origin, pseudonyms, settings.exposure().expected(), clock),
            emitter);
    // The self-test measures the CPU of this process's children: no other child may run meanwhile.
    var exclusive = new ReentrantLock();
    var listeners = new SshdListeners(host.proc(), settings.sshd().command());
    this.selfTests =
        settings
            .selfTest()
            .map(
                own ->
                    new SelfTestSchedule(
                        own,
                        exclusive,
                        listeners,
                        results -> records.write(results, host.monotonicNanos().getAsLong()),
                        new SecureRandom()));
    this.tampering =
        new TamperWatch(
            rules(listeners, origin, pseudonyms, startedAt),
            host.monotonicNanos(),
            records::instant,
            records::write);
    this.inventory =
        settings
            .inventory()
            .map(
                own ->
                    new InventorySchedule(
                        own,
                        new Inventory(host.proc(), listeners, own.pacing(), exclusive, executions),
                        children,
                        host.wall(),
                        this::inspected));
    var metrics = new CollectorMetrics(registry, name);
    sources.sources().forEach(metrics::source);
    work().forEach(metrics::work);
    metrics.connections(this::connections);
    metrics.leftOpen(this);
    metrics.topics(emitter, written);
    metrics.acknowledged(emitter);
    if (settings.emitter().spool().isPresent()) {
      metrics.spool(emitter::spoolStatus, host.wall());
    }
    probes = metrics.probes();
  }

  /// Starts everything that can run.
  ///
  /// @throws IllegalStateException if no source of evidence can; the message says what each lacks
  public void start() {
    AssemblerSettings.Inputs inputs;
    try {
      inputs = sources.start(this::sink);
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
    // Otherwise what the run before has left waits for a run that sees processes.
    boolean followed = inputs != AssemblerSettings.Inputs.LOG_ONLY;
    var watch = new EvidenceWatch(sources.sources());
    var assembly =
        new Pipeline(
            AssemblerSettings.defaults(inputs, privsepUids())
                .withSessionPrograms(settings.sources().sessionPrograms()),
            events,
            host.monotonicNanos(),
            () -> HostProcesses.pids(host.proc()),
            result -> {
              watch.accept(result);
              tampering.take(result);
              write(result);
            },
            tampering::decided,
            followed ? openConnections.read() : EarlierRun.NONE,
            followed ? openConnections::keep : _ -> {});
    openConnections.start();
    emitter.start();
    assembly.start();
    pipeline = assembly;
    selfTests.ifPresent(SelfTestSchedule::start);
    inventory.ifPresent(InventorySchedule::start);
    tampering.start(inputs == AssemblerSettings.Inputs.KERNEL_AND_LOG);
    var _ =
        heartbeats.scheduleAtFixedRate(
            () -> beat(false), 0, settings.heartbeat().toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Why this collector does not do its work now: nothing is assembled, no source of evidence
  /// delivers, one was lost, records are not acknowledged, or they could not be kept. Empty if it
  /// does.
  public List<Waiting> waiting() {
    var waiting = new ArrayList<Waiting>();
    var assembly = pipeline;
    if (assembly == null || !assembly.alive()) {
      waiting.add(new Waiting(Waiting.Reason.SOURCE, "events are not assembled"));
    }
    sources.lacking().stream()
        .map(lack -> new Waiting(Waiting.Reason.SOURCE, lack))
        .forEach(waiting::add);
    emitter.waiting().ifPresent(waiting::add);
    emitter
        .spoolStatus()
        .filter(status -> status.getState() == SpoolState.MEMORY_ONLY)
        .ifPresent(
            status ->
                waiting.add(
                    new Waiting(
                        Waiting.Reason.SPOOL,
                        "the spool cannot be written, records are kept in memory only: "
                            + status.getDetail())));
    return waiting;
  }

  /// Whether nothing that was started has died: neither the assembler nor a source. True before
  /// [#start()], and where a source could not start at all. An unhealthy collector stays so until
  /// its process is restarted.
  public boolean healthy() {
    var assembly = pipeline;
    return (assembly == null || assembly.alive()) && sources.healthy();
  }

  public List<RegisteredSource> sources() {
    return sources.sources();
  }

  public Connections connections() {
    var assembly = pipeline;
    return assembly == null ? Connections.NONE : assembly.connections();
  }

  LeftOpen leftOpen() {
    var assembly = pipeline;
    return assembly == null ? LeftOpen.NONE : assembly.leftOpen();
  }

  /// Stops the sources, assembles and sends what was read and a last heartbeat; waits at most 5 s
  /// for acknowledgements. What is not acknowledged stays in the spool. The last heartbeat is a
  /// goodbye, unless a part of the collector has died: such a run does not end on purpose.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean goodbye = healthy();
    endHeartbeats();
    selfTests.ifPresent(SelfTestSchedule::close);
    inventory.ifPresent(InventorySchedule::close);
    tampering.close();
    sources.stop();
    var assembly = pipeline;
    if (assembly != null) {
      try {
        assembly.close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      openConnections.close();
      beat(goodbye);
    }
    emitter.close();
  }

  /// None may come after the goodbye and take its place.
  private void endHeartbeats() {
    heartbeats.shutdownNow();
    try {
      if (!heartbeats.awaitTermination(LAST_HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a heartbeat does not end, the last one may be lost");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends a status record. An exception would end the schedule, so it is caught here.
  void beat(boolean goodbye) {
    try {
      clock.refresh();
      records.write(
          host.wall().instant(),
          meters(),
          connections(),
          inventory.flatMap(InventorySchedule::inspectedAt),
          goodbye);
    } catch (RuntimeException | Error e) {
      LOG.error("heartbeat failed, the next one is tried: {}", e.getClass().getName());
    }
  }

  /// Of the sources, and of the work that is done periodically.
  private Map<String, SourceMeter> meters() {
    var all = new LinkedHashMap<>(sources.meters());
    all.putAll(work());
    return all;
  }

  private Map<String, SourceMeter> work() {
    var work = new LinkedHashMap<String, SourceMeter>();
    inventory.ifPresent(own -> work.put("inventory", own.meter()));
    selfTests.ifPresent(own -> work.put("self-test", own.meter()));
    return work;
  }

  private Spool spool(SpoolSettings own, Origin origin) {
    return new Spool(
        settings.stateDirectory().resolve(Spool.DIRECTORY),
        own,
        origin.collector(),
        origin.bootId(),
        host.wall(),
        System::nanoTime);
  }

  /// Where the source of a meter delivers its events, on the source's thread.
  private Source.EventSink sink(SourceMeter meter) {
    var queue = events.from(meter);
    return new Source.EventSink() {
      @Override
      public boolean offer(SshEvent event) {
        if (inventory.isPresent() && event instanceof KernelEvent ofKernel) {
          children.see(ofKernel);
          executions.see(ofKernel);
        }
        tampering.see(event);
        return queue.offer(event);
      }

      @Override
      public void offeredUntil(long nanos) {
        queue.offeredUntil(nanos);
      }

      @Override
      public void gap(long from, long to) {
        tampering.gap(from, to);
      }
    };
  }

  private TamperWatch.Rules rules(
      SshdListeners listeners, Origin origin, Pseudonyms pseudonyms, Instant startedAt) {
    var excuses = new LogExcuses(host.proc(), listeners);
    var exposure = settings.exposure();
    return new TamperWatch.Rules(
        new EarlyExec(
            privsepUids(),
            new KnownPrograms(
                settings.stateDirectory(), () -> declaredPrograms(listeners), startedAt),
            records::instant),
        new LoaderVariables(),
        new LogAgainstKernel(
            new Unlogged(
                () -> sources.ofLog(SourceMeter::unreadCount),
                nanos -> excuses.since(records.instant(nanos)),
                origin::idOf,
                records::instant),
            new PhantomLogins(
                host.monotonicNanos().getAsLong(),
                () -> !listeners.unwatched().isEmpty(),
                records::instant)),
        new HiddenObjects(),
        exposure.told()
            ? Optional.of(
                new Exposure(
                    exposure.expected()::of, pseudonyms::of, origin::idOf, records::instant))
            : Optional.empty());
  }

  private static Set<String> declaredPrograms(SshdListeners listeners) {
    return DeclaredPrograms.of(
        listeners.watched().stream()
            .map(listener -> listener.commandLine().files().configuration())
            .toList(),
        PAM);
  }

  private void inspected(Fingerprint fingerprint, Instant at, Optional<Instant> previousAt) {
    records.write(fingerprint, at, previousAt);
    tampering.take(fingerprint, at);
  }

  private void write(Result result) {
    if (result instanceof Result.Probed probed) {
      probes.accept(probed.seen().outcome());
    }
    records.write(result);
  }

  /// The uid that the preauth child drops to. If it is unknown, -1: no child is recognised, and the
  /// state of the kernel source says so.
  private Set<Integer> privsepUids() {
    var account = settings.sshd().privsepUser();
    var uid = HostProcesses.uid(host.passwd(), account);
    if (uid.isEmpty()) {
      sources.degrade(
          Delivers.KERNEL_EVENTS,
          "no account %s in %s: the preauth phase cannot be recognised; set collector.privsep-user"
              .formatted(account, host.passwd()));
    }
    return Set.of(uid.orElse(-1));
  }

  private static String version() {
    return Optional.ofNullable(Collector.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
