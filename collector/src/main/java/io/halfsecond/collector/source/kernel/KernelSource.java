package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.WakeUp;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The kernel as a source: the proc connector reports forks, execs, changes of user and exits;
/// taskstats what a process had used at its end; /proc what a monitor had used before.
///
/// **Needs** Linux on 64 bits, the host's pid, user and network namespaces, /proc, and
/// CAP_NET_ADMIN. Without the capability, on Linux 6.6 and later, it runs DEGRADED: process events,
/// but no account at exit. It checks both at the start with a child process ([StartCheck]).
///
/// **Guarantees** events in the kernel's order, from one thread; exact counts of losses; after a
/// loss a [io.halfsecond.collector.event.KernelEvent.Lost], then the listeners in /proc that were
/// not known.
public final class KernelSource implements Source {
  private final KernelSettings settings;
  private final LongSupplier monotonicNanos;
  private final SourceMeter meter = new SourceMeter();
  private @Nullable Thread thread;
  private @Nullable WakeUp wakeUp;
  private Optional<String> missingTaskstats = Optional.empty();

  /// @param monotonicNanos `CLOCK_MONOTONIC`, normally [System#nanoTime()]
  public KernelSource(KernelSettings settings, LongSupplier monotonicNanos) {
    this.settings = settings;
    this.monotonicNanos = monotonicNanos;
    meter.become(Condition.STOPPED, "not started");
  }

  @Override
  public SourceMeter meter() {
    return meter;
  }

  /// Starts the source's thread and waits until it delivers: milliseconds, or seconds if something
  /// is missing.
  @Override
  public synchronized void start(EventSink sink) throws SourceUnavailableException {
    if (thread != null) {
      throw new IllegalStateException("started already");
    }
    if (!System.getProperty("os.name", "").equals("Linux")) {
      throw unavailable(new SourceUnavailableException("process events need Linux"));
    }
    var started = new CompletableFuture<Optional<String>>();
    try {
      var signal = new WakeUp();
      wakeUp = signal;
      thread =
          Thread.ofPlatform()
              .name("halfsecond-kernel")
              .daemon()
              .start(new KernelReader(settings, monotonicNanos, meter, sink, signal, started));
    } catch (NativeCallException e) {
      throw unavailable(new SourceUnavailableException("process events: " + e.getMessage(), e));
    }
    try {
      missingTaskstats = started.join();
    } catch (CompletionException e) {
      var detail = meter.state().detail();
      close();
      throw unavailable(
          new SourceUnavailableException(detail, e.getCause() == null ? e : e.getCause()));
    }
  }

  /// Why a started source has no accounts at exit; empty if it has them.
  public synchronized Optional<String> missingTaskstats() {
    return missingTaskstats;
  }

  private SourceUnavailableException unavailable(SourceUnavailableException e) {
    meter.become(Condition.UNAVAILABLE, String.valueOf(e.getMessage()));
    return e;
  }

  @Override
  public synchronized void close() {
    if (thread == null || wakeUp == null) {
      return;
    }
    wakeUp.signal();
    Source.join(thread);
    wakeUp.close();
    thread = null;
    wakeUp = null;
    if (meter.state().condition() != Condition.UNAVAILABLE) {
      meter.become(Condition.STOPPED, "closed");
    }
  }
}
