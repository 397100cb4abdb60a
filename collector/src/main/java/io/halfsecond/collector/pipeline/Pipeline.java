package io.halfsecond.collector.pipeline;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.ConnectionAssembler;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.EarlierRun;
import io.halfsecond.collector.assembly.Fate;
import io.halfsecond.collector.assembly.LeftOpen;
import io.halfsecond.collector.assembly.OpenConnection;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.SourceMeter;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The thread that takes events from the queue, assembles them and gives out results. It counts
/// each event on the meter of its source when the assembler has decided its fate.
public final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final Duration IDLE = Duration.ofMillis(200);

  /// After a loss, the events that were under way on the other socket and in the queue are read
  /// before pids are listed.
  private static final Duration RECONCILE_DELAY = Duration.ofSeconds(1);

  /// How far a source may be behind the others before they no longer wait for it: a journalctl that
  /// does not start would otherwise delay every record for ever. Not behind the clock: a host
  /// without a free CPU delays all of them, and this thread too.
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

  /// How often the next run's knowledge is renewed: what a kill may take of it.
  private static final long HANDOVER_NANOS = Duration.ofSeconds(1).toNanos();

  private final EventQueue queue;
  private final LongSupplier monotonicNanos;
  private final Supplier<Optional<Set<Integer>>> livePids;
  private final Consumer<Result> results;
  private final Fate.Observer fates;
  private final Consumer<List<OpenConnection>> heir;
  private final ConnectionAssembler assembler;
  private final IdentityHashMap<SshEvent, SourceMeter> undecided = new IdentityHashMap<>();
  private final Duration settle;

  /// How far each source has read, of those that say so.
  private final IdentityHashMap<SourceMeter, Long> offeredUntil = new IdentityHashMap<>();

  private final Thread thread =
      Thread.ofPlatform().name("halfsecond-assembler").daemon(true).unstarted(this::run);
  private volatile boolean closing;
  private volatile Connections connections = Connections.NONE;
  private volatile Optional<LeftOpen> leftOpen = Optional.empty();
  private long handedOverAtNanos;
  private long reconcileAtNanos = Long.MAX_VALUE;

  /// Whether there was a loss while a reconciliation was due.
  private boolean reconcileAgain;

  private Optional<Listing> listing = Optional.empty();

  private record Listing(long atNanos, Set<Integer> pids) {}

  /// @param livePids lists the present processes; empty if that failed
  /// @param results takes the assembler's results on the pipeline's thread; must not block
  public Pipeline(
      AssemblerSettings settings,
      EventQueue queue,
      LongSupplier monotonicNanos,
      Supplier<Optional<Set<Integer>>> livePids,
      Consumer<Result> results) {
    this(
        settings, queue, monotonicNanos, livePids, results, (_, _) -> {}, EarlierRun.NONE, _ -> {});
  }

  /// To be made when the sources have started: what they have found by then is in the queue.
  ///
  /// @param fates takes the fate of each event likewise
  /// @param before what the run before has left
  /// @param heir takes the open connections likewise, every second and at the end
  public Pipeline(
      AssemblerSettings settings,
      EventQueue queue,
      LongSupplier monotonicNanos,
      Supplier<Optional<Set<Integer>>> livePids,
      Consumer<Result> results,
      Fate.Observer fates,
      EarlierRun before,
      Consumer<List<OpenConnection>> heir) {
    this.fates = fates;
    this.heir = heir;
    this.queue = queue;
    this.monotonicNanos = monotonicNanos;
    this.livePids = livePids;
    this.results = results;
    this.assembler =
        new ConnectionAssembler(
            settings,
            this::decided,
            before,
            before.open().isEmpty() ? Long.MIN_VALUE : monotonicNanos.getAsLong());
    this.settle = settings.logLag().plus(settings.accountGrace());
  }

  public void start() {
    thread.start();
  }

  public Connections connections() {
    return connections;
  }

  /// What became of the connections of the run before, as far as it is known.
  public LeftOpen leftOpen() {
    return leftOpen.orElse(LeftOpen.NONE);
  }

  public boolean alive() {
    return thread.isAlive();
  }

  /// Assembles what is queued, gives out the results that only waited for late events, and stops.
  /// The sources must have stopped.
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
  }

  /// Counts an event by its fate.
  public static void count(Fate fate, SourceMeter meter) {
    switch (fate) {
      case ASSEMBLED -> meter.assembled();
      case IRRELEVANT -> meter.dropped(SourceMeter.Reason.IRRELEVANT);
      case UNTRUSTED -> meter.dropped(SourceMeter.Reason.UNTRUSTED);
      case OVERFLOW -> meter.dropped(SourceMeter.Reason.OVERFLOW);
    }
  }

  private void decided(SshEvent event, Fate fate) {
    var meter = undecided.remove(event);
    if (meter != null) {
      count(fate, meter);
    }
    fates.decided(event, fate);
  }

  private void run() {
    try {
      while (!(closing && queue.size() == 0)) {
        step(queue.poll(IDLE));
      }
      give(assembler.advanceTo(monotonicNanos.getAsLong() + settle.toNanos()));
      tellLeftOpen();
      heir.accept(assembler.openConnections());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // The message could hold a name from the log: only the type and the place are logged.
      LOG.error(
          "the assembler stopped: {} at {}",
          e.getClass().getName(),
          List.of(e.getStackTrace()).stream().findFirst().map(Object::toString).orElse("?"));
    }
  }

  private void step(Optional<EventQueue.Entry> entry) {
    var now = monotonicNanos.getAsLong();
    // Behind a backlog, time is that of the last event.
    var behind = now;
    switch (entry.orElse(null)) {
      case null -> {}
      case EventQueue.Observed(var event, var meter) -> {
        assemble(event, meter, now);
        behind = Math.min(now, event.atNanos());
      }
      case EventQueue.OfferedUntil(long nanos, var meter) ->
          offeredUntil.merge(meter, nanos, Math::max);
      case EventQueue.Refused _ -> assembler.onLinesLost();
    }
    long time = offeredUntil.isEmpty() ? behind : readTime();
    give(assembler.advanceTo(time));
    reconcile(time, now);
    connections = assembler.connections();
    tellLeftOpen();
    if (now - handedOverAtNanos >= HANDOVER_NANOS) {
      handedOverAtNanos = now;
      heir.accept(assembler.openConnections());
    }
  }

  private void tellLeftOpen() {
    if (leftOpen.isPresent()) {
      return;
    }
    leftOpen = assembler.leftOpen();
    leftOpen
        .filter(found -> !found.equals(LeftOpen.NONE))
        .ifPresent(
            found -> {
              var level = found.ended() > 0 ? Level.WARN : Level.INFO;
              LOG.atLevel(level)
                  .log(
                      "of what the run before had open {} connection(s) are followed on; {}"
                          + " session(s) and {} connection(s) in authentication were not found"
                          + " again, and no record tells of their end",
                      found.followed(),
                      found.sessions(),
                      found.authentications());
            });
  }

  /// After a loss lists the pids, when all that happened before has been assembled, and compares
  /// when all that happened before the listing has.
  private void reconcile(long time, long now) {
    if (time > reconcileAtNanos && listing.isEmpty()) {
      reconcileAtNanos = reconcileAgain ? now + RECONCILE_DELAY.toNanos() : Long.MAX_VALUE;
      reconcileAgain = false;
      listing = livePids.get().map(pids -> new Listing(now, pids));
    }
    if (listing.isPresent() && time >= listing.get().atNanos()) {
      give(assembler.reconcile(listing.get().atNanos(), listing.get().pids()));
      listing = Optional.empty();
    }
  }

  /// The time until which every source has been read: what is still to be read is not overdue.
  private long readTime() {
    long slowest = Collections.min(offeredUntil.values());
    long fastest = Collections.max(offeredUntil.values());
    return fastest == Long.MIN_VALUE ? fastest : Math.max(slowest, fastest - PATIENCE_NANOS);
  }

  private void assemble(SshEvent event, SourceMeter meter, long now) {
    undecided.put(event, meter);
    give(assembler.accept(event, now));
    if (event instanceof KernelEvent.Lost) {
      // Many losses must not postpone it for ever; one that comes meanwhile is followed by another.
      long due = now + RECONCILE_DELAY.toNanos();
      reconcileAgain |= reconcileAtNanos < due;
      reconcileAtNanos = Math.min(reconcileAtNanos, due);
    }
  }

  private void give(List<Result> due) {
    due.forEach(results);
  }
}
