package io.halfsecond.collector;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.ConnectionAssembler;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.Fate;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.SshEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread between the sources and the emitter: queue, assembler, results.
final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final Duration IDLE = Duration.ofMillis(50);

  /// After a loss, what was under way on the other sockets and in the queue is read before pids are
  /// listed.
  private static final Duration RECONCILE_DELAY = Duration.ofSeconds(1);

  private final BlockingQueue<SshEvent> queue;
  private final LongSupplier monotonicNanos;
  private final Supplier<Optional<Set<Integer>>> livePids;
  private final Consumer<Result> results;
  private final ConnectionAssembler assembler;
  private final Duration settle;
  private final Thread thread =
      Thread.ofPlatform().name("halfsecond-assembler").daemon(true).unstarted(this::run);
  private volatile boolean closing;
  private volatile Connections connections = Connections.NONE;
  private long reconcileAtNanos = Long.MAX_VALUE;

  /// @param livePids lists the processes that there are; empty if that failed
  /// @param results takes what the assembler gives, on the pipeline's thread; must not block
  Pipeline(
      AssemblerSettings settings,
      BlockingQueue<SshEvent> queue,
      LongSupplier monotonicNanos,
      Supplier<Optional<Set<Integer>>> livePids,
      Fate.Listener fates,
      Consumer<Result> results) {
    this.queue = queue;
    this.monotonicNanos = monotonicNanos;
    this.livePids = livePids;
    this.results = results;
    this.assembler = new ConnectionAssembler(settings, fates);
    this.settle = settings.logLag().plus(settings.accountGrace());
  }

  void start() {
    thread.start();
  }

  Connections connections() {
    return connections;
  }

  boolean alive() {
    return thread.isAlive();
  }

  /// Assembles what is queued, gives out what only awaited stragglers, and stops. The sources must
  /// have stopped.
  void close() throws InterruptedException {
    closing = true;
    thread.join();
  }

  private void run() {
    try {
      while (!(closing && queue.isEmpty())) {
        var event = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        step(event == null ? List.of() : List.of(event));
      }
      give(assembler.advanceTo(monotonicNanos.getAsLong() + settle.toNanos()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The message could hold a name from the log: only the type and the place are told.
      LOG.error(
          "the assembler stopped: {} at {}",
          e.getClass().getName(),
          List.of(e.getStackTrace()).getFirst());
    }
  }

  private void step(List<SshEvent> events) {
    var now = monotonicNanos.getAsLong();
    for (var event : events) {
      give(assembler.accept(event));
      // Behind a backlog it is as late as the last event says: what the queue still holds is not
      // overdue.
      give(assembler.advanceTo(Math.min(now, event.atNanos())));
      if (event instanceof KernelEvent.Lost) {
        reconcileAtNanos = now + RECONCILE_DELAY.toNanos();
      }
    }
    if (events.isEmpty()) {
      give(assembler.advanceTo(now));
    }
    // Not only when idle, which a busy host never is; but what came before that time must have been
    // assembled.
    if (now >= reconcileAtNanos
        && events.stream().allMatch(event -> event.atNanos() > reconcileAtNanos)) {
      reconcileAtNanos = Long.MAX_VALUE;
      livePids.get().ifPresent(pids -> give(assembler.reconcile(now, pids)));
    }
    connections = assembler.connections();
  }

  private void give(List<Result> due) {
    due.forEach(results);
  }
}
