package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.NetlinkSocket;
import io.halfsecond.collector.linux.Poller;
import io.halfsecond.collector.linux.WakeUp;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kernel source's thread: starts both sockets, checks that they deliver, reads them, closes
/// them.
///
/// One thread reads both sockets, so that a taskstats record is handled after every process event
/// that was queued before it, above all the fork of its process. Other threads only signal the
/// [WakeUp].
///
/// @param started completes once the sources deliver, with why there are no taskstats if there are
///   none; fails with what is missing
record KernelReader(
    KernelSettings settings,
    LongSupplier monotonicNanos,
    SourceMeter meter,
    Source.EventSink sink,
    WakeUp wakeUp,
    CompletableFuture<Optional<String>> started)
    implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KernelReader.class);

  private static final Path POSSIBLE_CPUS = Path.of("/sys/devices/system/cpu/possible");
  private static final long START_CHECK_NANOS = 5_000_000_000L;

  /// How often to report how far the sockets have been read.
  private static final int REPORT_MILLIS = 50;

  /// The same while sshd is idle, when the events of others are read in between and nothing waits
  /// for a report but the results of connections that are over: every wake-up of a sleeping process
  /// costs 0.1 to 0.3 ms, here and in the assembler.
  private static final int IDLE_MILLIS = 200;

  /// For so long after an event of sshd's the thread wakes for every event: what follows is usually
  /// sshd's too, and comes from processes that the [Doorbell] does not know.
  private static final long IDLE_NANOS = 100_000_000;

  /// With less room, the events of a busy host would overflow while the thread sleeps.
  private static final int IDLE_BUFFER_BYTES = 4 << 20;

  /// How often /proc is scanned for a listener whose start was read too late: an sshd that makes
  /// itself a daemon leaves its first process within milliseconds.
  private static final long RESCAN_NANOS = 10_000_000_000L;

  /// Places of the sockets in the poller.
  private static final int CONNECTOR = 0;

  private static final int TASKSTATS = 1;

  @Override
  public void run() {
    try (var proc = new ProcFs(settings.proc(), settings.listenerNames());
        var connector = ProcConnector.open()) {
      read(proc, connector);
    } catch (SourceUnavailableException e) {
      unavailable(e);
    } catch (IOException | UncheckedIOException e) {
      unavailable(new SourceUnavailableException("process events: " + e.getMessage(), e));
    } catch (RuntimeException | Error e) {
      unavailable(new SourceUnavailableException("process events: " + e, e));
      LOG.error("kernel source ended", e);
    }
  }

  private void unavailable(SourceUnavailableException e) {
    meter.become(Condition.UNAVAILABLE, String.valueOf(e.getMessage()));
    if (!started.completeExceptionally(e)) {
      LOG.error("kernel source ended: {}", e.getMessage());
    }
  }

  private void read(ProcFs proc, ProcConnector connector)
      throws IOException, SourceUnavailableException {
    var start =
        new StartCheck((int) ProcessHandle.current().pid() ^ (int) monotonicNanos.getAsLong());
    var tree =
        new ProcessTree(
            proc,
            settings.listenerNames(),
            settings.commandLine(),
            settings.sessionPrograms(),
            monotonicNanos);
    var messages =
        new KernelMessages(tree, new EventOutput(sink, meter), meter, start, monotonicNanos);
    int connectorBuffer = connector.socket().growReceiveBuffer(settings.receiveBufferBytes());
    connector.listen(messages, start, wakeUp, monotonicNanos);

    var cpus = Files.readString(POSSIBLE_CPUS).strip();
    try (var taskstats = new Taskstats(cpus, meter)) {
      taskstats.register(settings.receiveBufferBytes(), wakeUp, monotonicNanos);
      check(start, messages, connector, taskstats);
      reconcile(proc, messages, connector);
      var detail =
          "process events, receive buffer %d KiB, %d listener(s)"
              .formatted(connectorBuffer / 1024, tree.listeners());
      taskstats
          .missing()
          .ifPresentOrElse(
              missing ->
                  meter.become(
                      Condition.DEGRADED,
                      "%s; no CPU totals at exit: %s".formatted(detail, missing)),
              () ->
                  meter.become(
                      Condition.RUNNING,
                      "%s; taskstats version %d of CPUs %s"
                          .formatted(detail, start.recordVersion(), cpus)));
      LOG.info("kernel source: {}", meter.state().detail());
      messages.readUntil(Long.MIN_VALUE);
      started.complete(taskstats.missing());
      follow(proc, tree, messages, connector, taskstats, connectorBuffer >= IDLE_BUFFER_BYTES);
      unsubscribe(start, connector, taskstats);
    }
  }

  /// Reads until the [WakeUp] is signalled. While sshd is idle the thread sleeps through the events
  /// of other processes, which are read when they are reported.
  private void follow(
      ProcFs proc,
      ProcessTree tree,
      KernelMessages messages,
      ProcConnector connector,
      Taskstats taskstats,
      boolean maySleep)
      throws IOException {
    try (var poller = poller(connector, taskstats);
        var bell = new Doorbell(wakeUp)) {
      long reported = monotonicNanos.getAsLong();
      long busy = reported;
      long scanned = reported;
      boolean idle = false;
      while (idle ? bell.await(IDLE_MILLIS) : poller.await(REPORT_MILLIS)) {
        long now = monotonicNanos.getAsLong();
        boolean rang = idle && bell.rang();
        boolean due = now - reported >= REPORT_MILLIS * 1_000_000L;
        var read = readBoth(messages, connector, taskstats, poller, due || rang);
        boolean lost = read.eventsDrained() && messages.takeLost();
        if (lost || (now - scanned >= RESCAN_NANOS && tree.takeMissed())) {
          reconcile(proc, messages, connector);
          scanned = now;
        }
        if (messages.takeConcerned() || rang || lost) {
          busy = now;
        }
        // What is left is read at once.
        idle &= busy < now && read.eventsDrained() && read.recordsDrained();
        if (due && read.recordsDrained()) {
          messages.readUntil(now);
          reported = now;
          if (!idle && maySleep && now - busy >= IDLE_NANOS) {
            idle = sleeps(tree, messages, connector, taskstats, poller, bell);
          }
        }
      }
    }
  }

  /// Sets the bell, and reads what came before it was set.
  ///
  /// @return whether nothing of sshd's was among it, so that the thread may wait for the bell
  private static boolean sleeps(
      ProcessTree tree,
      KernelMessages messages,
      ProcConnector connector,
      Taskstats taskstats,
      Poller poller,
      Doorbell bell)
      throws IOException {
    var pids = tree.watchable();
    if (pids.isEmpty() || !bell.set(pids.get())) {
      return false;
    }
    var read = readBoth(messages, connector, taskstats, poller, true);
    return read.eventsDrained() && read.recordsDrained() && !messages.takeConcerned();
  }

  private Poller poller(ProcConnector connector, Taskstats taskstats) {
    List<NetlinkSocket> sockets =
        Stream.concat(Stream.of(connector.socket()), taskstats.socket().stream()).toList();
    return new Poller(wakeUp, sockets);
  }

  private void check(
      StartCheck start, KernelMessages messages, ProcConnector connector, Taskstats taskstats)
      throws IOException, SourceUnavailableException {
    start.startChild();
    boolean withRecord = taskstats.socket().isPresent();
    try (var poller = poller(connector, taskstats)) {
      long deadline = monotonicNanos.getAsLong() + START_CHECK_NANOS;
      while (!start.complete(withRecord) && poller.awaitUntil(deadline, monotonicNanos)) {
        readBoth(messages, connector, taskstats, poller, false);
      }
    }
    var missing = start.missingEvents();
    if (missing.isPresent()) {
      throw new SourceUnavailableException(missing.get());
    }
    if (withRecord) {
      start.missingRecords().ifPresent(taskstats::giveUp);
    }
  }

  /// Which sockets were read to their end.
  private record Drained(boolean eventsDrained, boolean recordsDrained) {}

  /// Receives records first, reads events second, and only then handles the records.
  ///
  /// @param both read both sockets, whether or not the poller found them ready. All events that
  ///   were queued when the call began are then read, and all records if they were drained
  private static Drained readBoth(
      KernelMessages messages,
      ProcConnector connector,
      Taskstats taskstats,
      Poller poller,
      boolean both)
      throws IOException {
    int records =
        taskstats.socket().isPresent() && (both || poller.ready(TASKSTATS))
            ? taskstats.receive(messages)
            : 0;
    boolean drained = (both || records > 0 || poller.ready(CONNECTOR)) && connector.drain(messages);
    for (int i = 0; i < records; i++) {
      messages.onRecord(taskstats.record(i), taskstats.family());
    }
    messages.repeatListeners();
    return new Drained(drained, Taskstats.drained(records));
  }

  /// Compares the tree with /proc.
  private void reconcile(ProcFs proc, KernelMessages messages, ProcConnector connector)
      throws IOException {
    long scanned = monotonicNanos.getAsLong();
    long bootOffset = proc.uptimeNanos().orElse(scanned) - scanned;
    var processes = proc.processes();
    // Listing takes milliseconds: a process that ended meanwhile is missing from the list, but its
    // exit is queued.
    connector.drain(messages);
    messages.onScanned(processes, scanned, bootOffset);
  }

  private static void unsubscribe(StartCheck start, ProcConnector connector, Taskstats taskstats) {
    try {
      connector.ignore(start);
      taskstats.deregister();
    } catch (NativeCallException e) {
      LOG.debug("not unsubscribed", e);
    }
  }
}
