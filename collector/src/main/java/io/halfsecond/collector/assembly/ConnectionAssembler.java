package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.SshdMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Assembles kernel events and log lines into one connection per monitor, with two results:
/// [Result.AuthenticationDecided], then [Result.ConnectionEnded].
///
/// **Guarantees** each connection gives each result once; replaying the same events gives the same
/// results; opened = closed + open; the fate of every event is reported once; the number of tracked
/// connections is bounded. **Assumes** process events, accounts and log lines each arrive in order;
/// an account may be off by up to `accountGrace`, a log line late by up to `logLag`. The time is
/// that of the last [#advanceTo].
///
/// A connection begins with the fork of a listener, or with a child of PID 1 that executes sshd and
/// is no listener (`sshd -i`). [Connection] recognises its processes. Confined to one thread.
public final class ConnectionAssembler {
  private static final int INIT = 1;

  /// For the names of programs in all open connections: the collector's heap is 32 MB.
  private static final long PROGRAM_BYTES = 2 << 20;

  /// @param serial tells timers of the same time apart
  record Timer(long atNanos, long serial, Connection connection) {}

  private final AssemblerSettings settings;
  private final Fate.Observer fates;
  private final ProbeConnections probes;
  private final LogConnections logOnly;

  private final Set<Integer> listeners = new HashSet<>();

  /// By listener, or what else forks monitors.
  private final Map<Integer, ListenerHistory> histories = new HashMap<>();

  private final Map<Integer, TrackedProcess> processes = new HashMap<>();
  private final Map<Connection, Set<Integer>> open = new HashMap<>();

  /// At most one per open connection. Otherwise each loss would leave one for `uncertainExpiry`, a
  /// day.
  private final NavigableSet<Timer> timers =
      new TreeSet<>(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::serial));

  private final OpenedSessions.Room room = new OpenedSessions.Room(PROGRAM_BYTES);
  private final HeldEvents held;
  private final Inheritance inheritance;
  private long now = Long.MIN_VALUE;
  private long lossUntilNanos = Long.MIN_VALUE;
  private long opened;
  private long closed;
  private long overflowed;
  private long lastSerial;

  /// @param fates receives the fate of every event, on the calling thread
  public ConnectionAssembler(AssemblerSettings settings, Fate.Observer fates) {
    this(settings, fates, EarlierRun.NONE, Long.MIN_VALUE);
  }

  /// @param before whose connections go on under the same ids
  /// @param foundByNanos what of them still runs was found by then
  public ConnectionAssembler(
      AssemblerSettings settings, Fate.Observer fates, EarlierRun before, long foundByNanos) {
    this.settings = settings;
    this.inheritance = new Inheritance(before, foundByNanos);
    this.fates = fates;
    this.held = new HeldEvents(settings.accountGrace().toNanos());
    this.probes =
        new ProbeConnections(
            settings.inputs() == AssemblerSettings.Inputs.LOG_ONLY
                ? Duration.ZERO
                : settings.logLag().plus(settings.accountGrace()));
    this.logOnly = new LogConnections(settings, fates, probes);
  }

  /// Takes one event that was read as soon as it happened.
  ///
  /// @return the results that it made due, seldom more than one
  public List<Result> accept(SshEvent event) {
    return accept(event, event.atNanos());
  }

  /// Takes one event.
  ///
  /// @param readNanos when it was read. The time of a log line may be rounded down to a second, but
  ///   its process was forked before it was read
  /// @return the results that it made due, seldom more than one
  public List<Result> accept(SshEvent event, long readNanos) {
    var results = new ArrayList<Result>();
    switch (event) {
      case KernelEvent.ListenerFound(var _, int pid, var _) -> {
        fates.decided(event, Fate.ASSEMBLED);
        onListener(pid);
      }
      case KernelEvent.EnvironmentSeen _ -> fates.decided(event, Fate.IRRELEVANT);
      case KernelEvent.ConnectionFound found -> onFound(found, results);
      case KernelEvent.Forked forked -> onForked(forked, results);
      case KernelEvent.Executed(var _, int pid, var program, var _) -> {
        // A listener that executes itself anew, on SIGHUP, may be another version.
        histories.remove(pid);
        onTracked(
            event,
            pid,
            results,
            process -> {
              process.connection.onExecuted(process, program);
              // A child of PID 1 that runs another program is some service.
              if (process.part == TrackedProcess.Part.MONITOR
                  && process.connection.tentative()
                  && !process.connection.runsSshd()) {
                remove(process.connection);
              }
            });
      }
      case KernelEvent.UserChanged(long at, int pid, int realUid, int _, var usage) ->
          onTracked(
              event,
              pid,
              results,
              process -> process.connection.onUserChanged(process, at, realUid, usage));
      case KernelEvent.SessionLed(var _, int pid) ->
          onTracked(event, pid, results, process -> process.connection.onSessionLed(process));
      case KernelEvent.Exited exited -> onExited(exited, results);
      case KernelEvent.ProgramStarted(var _, int monitor, int leader, var name, boolean counted) ->
          onTracked(
              event,
              monitor,
              results,
              process -> process.connection.onProgramStarted(leader, name, counted));
      case KernelEvent.ProgramsCounted(
              var _,
              int monitor,
              int leader,
              long starts,
              boolean complete) ->
          onTracked(
              event,
              monitor,
              results,
              process -> process.connection.onProgramsCounted(leader, starts, complete));
      case KernelEvent.Accounted accounted -> onAccounted(accounted, true, readNanos, results);
      case KernelEvent.Lost(long at, long since, long count) -> {
        fates.decided(event, Fate.ASSEMBLED);
        lossUntilNanos = Math.max(lossUntilNanos, at);
        for (var connection : open.keySet()) {
          connection.onUncertain(since, at, count);
          schedule(connection);
        }
      }
      case LogEvent line -> {
        if (settings.inputs() == AssemblerSettings.Inputs.LOG_ONLY) {
          results.addAll(logOnly.accept(line));
        } else {
          onLogged(line, true, readNanos, results);
        }
      }
      case ProbeEvent probe -> {
        fates.decided(probe, Fate.ASSEMBLED);
        results.addAll(probes.accept(probe));
      }
    }
    return results;
  }

  /// Lines that may have been of any connection were dropped: what is not decided yet is
  /// incomplete.
  public void onLinesLost() {
    open.keySet().forEach(Connection::onLineLost);
  }

  /// Sets the time. All events until then have been accepted, except for the lags. Earlier times
  /// are ignored.
  ///
  /// @return the results that the passing of time made due
  public List<Result> advanceTo(long nanos) {
    var results = new ArrayList<Result>();
    if (nanos <= now) {
      return results;
    }
    now = nanos;
    inheritance.advanceTo(now);
    held.expire(now).forEach(this::giveUp);
    while (!timers.isEmpty() && timers.first().atNanos() <= now) {
      var connection = timers.first().connection();
      cancelTimer(connection);
      if (connection.uncertain() && connection.expiryNanos() <= now) {
        connection.awaited().forEach(process -> connection.onVanished(process, now));
      }
      settle(connection, results);
    }
    results.addAll(logOnly.advanceTo(now));
    results.addAll(probes.complete(now));
    return results;
  }

  /// Ends the processes that are gone and whose exit was not seen. To be called some time after a
  /// [KernelEvent.Lost], when the events queued behind it have been accepted. Only connections that
  /// the loss may concern are checked. A pid that another process has taken since is not noticed:
  /// that connection ends when the pid appears in a fork, or after `uncertainExpiry`.
  ///
  /// @param atNanos when the pids were listed
  /// @param live all pids at that time
  public List<Result> reconcile(long atNanos, Set<Integer> live) {
    var results = new ArrayList<Result>();
    for (var connection : List.copyOf(open.keySet())) {
      if (connection.uncertain()) {
        connection.awaited().stream()
            .filter(process -> process.forkedAtNanos < atNanos && !live.contains(process.pid))
            .forEach(process -> connection.onVanished(process, atNanos));
        settle(connection, results);
      }
    }
    listeners.retainAll(live);
    histories.keySet().retainAll(live);
    return results;
  }

  public Connections connections() {
    return new Connections(opened, closed, opened - closed).plus(logOnly.connections());
  }

  /// What became of the connections of the run before; empty as long as one may still be found.
  public Optional<LeftOpen> leftOpen() {
    return inheritance.result();
  }

  /// The connections that are open, for the next run. Without those of the active probe: they end
  /// with this run.
  public List<OpenConnection> openConnections() {
    var all = new ArrayList<>(inheritance.awaited());
    for (var connection : open.keySet()) {
      if (!connection.tentative() && !connection.results.ofProbe()) {
        all.add(connection.results.toOpen());
      }
    }
    return all;
  }

  /// Connections that were not tracked because there were too many.
  public long overflowed() {
    return overflowed;
  }

  /// Events whose fate is open, because they wait for their process.
  public int heldEvents() {
    return held.size();
  }

  int timers() {
    return timers.size();
  }

  int trackedProcesses() {
    return processes.size();
  }

  private void onListener(int pid) {
    var process = processes.get(pid);
    if (process != null && process.connection.tentative()) {
      remove(process.connection);
    }
    listeners.add(pid);
  }

  private void onFound(KernelEvent.ConnectionFound found, List<Result> results) {
    var monitor = processes.get(found.monitor().pid());
    if (monitor != null && !found.monitor().isSameStart(monitor.forkedAtNanos)) {
      // Another process has the pid by now: the exit was lost.
      monitor.connection.onVanished(monitor, found.atNanos());
      settle(monitor.connection, results);
      monitor = null;
    }
    if (monitor == null || monitor.part != TrackedProcess.Part.MONITOR) {
      if (open.size() >= settings.maxOpen()) {
        overflowed++;
        fates.decided(found, Fate.OVERFLOW);
        return;
      }
      var before = inheritance.claim(found.monitor());
      var connection =
          new Connection(
              settings,
              probes,
              found.monitor().pid(),
              before.map(known -> known.key().bornNanos()).orElse(found.monitor().startedNanos()),
              false,
              history(found.monitor().parentPid()),
              room);
      connection.onSeenSince(found.atNanos());
      before.ifPresent(connection::resume);
      open.put(connection, new LinkedHashSet<>());
      opened++;
      monitor = connection.monitor;
      track(monitor);
    }
    var connection = monitor.connection;
    var unknown =
        found.descendants().stream()
            .filter(process -> !processes.containsKey(process.pid()))
            .toList();
    var tracked = connection.onFound(found, unknown);
    tracked.forEach(this::track);
    fates.decided(found, Fate.ASSEMBLED);
    settle(connection, results);
    releaseHeld(connection.monitor.pid, results);
    tracked.forEach(process -> releaseHeld(process.pid, results));
  }

  private void onForked(KernelEvent.Forked forked, List<Result> results) {
    var reused = processes.get(forked.pid());
    if (reused != null && !reused.exited()) {
      // The kernel reuses a pid only after its process is gone: the exit was lost.
      reused.connection.onVanished(reused, forked.atNanos());
      settle(reused.connection, results);
    }
    if (listeners.remove(forked.pid())) {
      histories.remove(forked.pid());
    }
    if (listeners.contains(forked.parentPid()) || forked.parentPid() == INIT) {
      onMonitorForked(forked, results);
      return;
    }
    onTracked(
        forked,
        forked.parentPid(),
        results,
        parent -> {
          confirm(parent.connection);
          parent.connection.onForked(parent, forked, now).ifPresent(this::track);
        });
    releaseHeld(forked.pid(), results);
  }

  private void onMonitorForked(KernelEvent.Forked forked, List<Result> results) {
    if (open.size() >= settings.maxOpen()) {
      overflowed++;
      fates.decided(forked, Fate.OVERFLOW);
      return;
    }
    var tentative = !listeners.contains(forked.parentPid());
    var connection =
        new Connection(
            settings,
            probes,
            forked.pid(),
            forked.atNanos(),
            tentative,
            history(forked.parentPid()),
            room);
    probes.onForked(forked.atNanos());
    if (forked.atNanos() <= lossUntilNanos) {
      connection.onUncertain(forked.atNanos(), lossUntilNanos, 0);
    }
    open.put(connection, new LinkedHashSet<>());
    if (!tentative) {
      opened++;
    }
    track(connection.monitor);
    fates.decided(forked, Fate.ASSEMBLED);
    settle(connection, results);
    releaseHeld(forked.pid(), results);
  }

  private ListenerHistory history(int listenerPid) {
    return histories.computeIfAbsent(listenerPid, _ -> new ListenerHistory());
  }

  private void onExited(KernelEvent.Exited exited, List<Result> results) {
    if (listeners.remove(exited.pid())) {
      histories.remove(exited.pid());
      fates.decided(exited, Fate.ASSEMBLED);
      return;
    }
    onTracked(
        exited,
        exited.pid(),
        results,
        process -> {
          var connection = process.connection;
          if (process == connection.monitor && connection.tentative()) {
            if (!connection.runsSshd()) {
              remove(connection);
              return;
            }
            confirm(connection);
          }
          connection.onExited(
              process, exited.atNanos(), Optional.of(exited.status()), exited.parentUsage());
          // Its cost is not sshd's, so its account is not awaited.
          if (process.part == TrackedProcess.Part.SESSION
              && !connection.children.contains(process)) {
            untrack(process);
          }
        });
  }

  private void onAccounted(
      KernelEvent.Accounted accounted, boolean mayWait, long readNanos, List<Result> results) {
    var process = processes.get(accounted.pid());
    if (process != null
        && process.account.isEmpty()
        && accounted.atNanos() >= process.forkedAtNanos) {
      fold(
          accounted,
          process,
          results,
          () -> process.connection.onAccounted(process, accounted.usage()));
    } else if (mayWait) {
      hold(accounted, accounted.pid(), readNanos);
    } else {
      fates.decided(accounted, Fate.IRRELEVANT);
    }
  }

  private void onLogged(LogEvent line, boolean mayWait, long readNanos, List<Result> results) {
    if (listeners.contains(line.pid())) {
      onListenerLogged(line, results);
      return;
    }
    var process = processes.get(line.pid());
    if (process == null) {
      if (mayWait) {
        hold(line, line.pid(), readNanos);
      } else {
        fates.decided(line, Fate.UNTRUSTED);
      }
    } else if (!process.trustedToLog()) {
      fates.decided(line, Fate.UNTRUSTED);
    } else {
      fold(
          line,
          process,
          results,
          () -> process.connection.onLogged(line.atNanos(), line.message()));
    }
  }

  /// From OpenSSH 9.8 on the listener reports timeouts, and names the monitor in the text.
  private void onListenerLogged(LogEvent line, List<Result> results) {
    var process =
        line.message() instanceof SshdMessage.GraceTimeout(var monitor, _, _) && monitor.isPresent()
            ? processes.get(monitor.getAsInt())
            : null;
    if (process == null) {
      fates.decided(line, Fate.IRRELEVANT);
    } else {
      fold(
          line,
          process,
          results,
          () -> process.connection.onLogged(line.atNanos(), line.message()));
    }
  }

  private void onTracked(
      SshEvent event, int pid, List<Result> results, Consumer<TrackedProcess> action) {
    var process = processes.get(pid);
    if (process == null) {
      fates.decided(event, Fate.IRRELEVANT);
    } else {
      fold(event, process, results, () -> action.accept(process));
    }
  }

  private void fold(SshEvent event, TrackedProcess process, List<Result> results, Runnable action) {
    fates.decided(event, Fate.ASSEMBLED);
    action.run();
    settle(process.connection, results);
  }

  /// Collects the results of a connection that are due, and sets the timer for the rest.
  private void settle(Connection connection, List<Result> results) {
    if (!open.containsKey(connection)) {
      return;
    }
    for (var result : connection.results.release(now)) {
      results.add(result);
      if (result instanceof Result.AuthenticationDecided decided) {
        decided.probe().ifPresent(tag -> probes.onDecided(tag, connection));
      }
      if (result instanceof Result.ConnectionEnded) {
        closed++;
        remove(connection);
        return;
      }
    }
    connection.children.takeSummed().forEach(this::untrack);
    schedule(connection);
  }

  private void schedule(Connection connection) {
    var next = connection.results.nextDeadline(now);
    if (connection.timer.isPresent()
        && next.isPresent()
        && connection.timer.get().atNanos() == next.getAsLong()) {
      return;
    }
    cancelTimer(connection);
    next.ifPresent(
        at -> {
          var timer = new Timer(at, ++lastSerial, connection);
          connection.timer = Optional.of(timer);
          timers.add(timer);
        });
  }

  private void cancelTimer(Connection connection) {
    connection.timer.ifPresent(timers::remove);
    connection.timer = Optional.empty();
  }

  private void confirm(Connection connection) {
    if (connection.tentative()) {
      connection.confirm();
      opened++;
    }
  }

  private void remove(Connection connection) {
    var pids = open.remove(connection);
    if (pids != null) {
      pids.forEach(
          pid ->
              processes.computeIfPresent(
                  pid, (_, owner) -> owner.connection == connection ? null : owner));
      connection.close();
    }
    cancelTimer(connection);
  }

  private void track(TrackedProcess process) {
    processes.put(process.pid, process);
    if (held.gaveUpLineOf(process.pid, process.forkedAtNanos)) {
      process.connection.onLineLost();
    }
    var pids = open.get(process.connection);
    if (pids != null) {
      pids.add(process.pid);
    }
  }

  private void untrack(TrackedProcess process) {
    processes.remove(process.pid, process);
    var pids = open.get(process.connection);
    if (pids != null) {
      pids.remove(process.pid);
    }
  }

  private void hold(SshEvent event, int pid, long readNanos) {
    held.hold(pid, event, Math.max(now, readNanos)).ifPresent(this::giveUp);
  }

  private void giveUp(SshEvent event) {
    fates.decided(event, event instanceof LogEvent ? Fate.UNTRUSTED : Fate.IRRELEVANT);
  }

  private void releaseHeld(int pid, List<Result> results) {
    if (!processes.containsKey(pid)) {
      return;
    }
    for (var waiting : held.release(pid)) {
      switch (waiting.event()) {
        case KernelEvent.Accounted accounted ->
            onAccounted(accounted, false, waiting.readNanos(), results);
        case LogEvent line -> onLogged(line, false, waiting.readNanos(), results);
        case KernelEvent _, ProbeEvent _ ->
            throw new IllegalStateException("held " + waiting.event().getClass());
      }
    }
  }
}
