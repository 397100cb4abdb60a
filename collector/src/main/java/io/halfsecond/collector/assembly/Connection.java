package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.ConnectionState.Ended;
import io.halfsecond.collector.assembly.ConnectionState.Preauth;
import io.halfsecond.collector.assembly.ConnectionState.Refused;
import io.halfsecond.collector.assembly.ConnectionState.Session;
import io.halfsecond.collector.assembly.ConnectionState.Startup;
import io.halfsecond.collector.assembly.TrackedProcess.Demotion;
import io.halfsecond.collector.assembly.TrackedProcess.Part;
import io.halfsecond.collector.assembly.TrackedProcess.Termination;
import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.KernelEvent.FoundProcess;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The state machine of one connection: its processes, the part of each, the state they are in (see
/// [ConnectionState]), and what its log lines said.
///
/// Events arrive by `on…`, transitions are `to…`. [ConnectionResults] reads it and gives out the
/// results.
final class Connection {
  private final AssemblerSettings settings;
  final TrackedProcess monitor;
  final ConnectionResults results;
  final ChildUsages children = new ChildUsages();
  final LoginEvidence log = new LoginEvidence();
  final ListenerHistory history;
  private ConnectionState state = new Startup();
  private Optional<TrackedProcess> preauth = Optional.empty();
  private String executable = "";

  /// Those of the user child.
  private final OpenedSessions userSessions;

  /// Those of the monitor: root's, or helpers of PAM's if there is a user child.
  private final OpenedSessions monitorSessions;

  private long lastExitNanos;

  /// By the promptest of the connections before, if the monitor waits for the client.
  private OptionalLong clientWait = OptionalLong.empty();

  private OptionalLong lostSinceNanos = OptionalLong.empty();
  private OptionalLong seenSinceNanos = OptionalLong.empty();
  private boolean foundAuthenticated;
  private long lastLossNanos;
  private long lostEvents;

  /// Whether a line is missing in `log`, or came too late for it.
  private boolean lineLost;

  /// For a child of PID 1: whether it may still turn out to be a starting listener or another
  /// service.
  private boolean tentative;

  /// The assembler's note of when to ask for results again.
  Optional<ConnectionAssembler.Timer> timer = Optional.empty();

  Connection(
      AssemblerSettings settings,
      ProbeConnections probes,
      int monitorPid,
      long forkedAtNanos,
      boolean tentative,
      ListenerHistory history,
      OpenedSessions.Room room) {
    this.settings = settings;
    this.userSessions = new OpenedSessions(settings.sessionPrograms(), room);
    this.monitorSessions = new OpenedSessions(settings.sessionPrograms(), room);
    this.history = history;
    this.monitor = new TrackedProcess(this, monitorPid, forkedAtNanos);
    this.tentative = tentative;
    this.results = new ConnectionResults(this, settings, probes);
  }

  ConnectionState state() {
    return state;
  }

  Optional<TrackedProcess> preauth() {
    return preauth;
  }

  PhaseFigures figures() {
    return new PhaseFigures(monitor, preauth);
  }

  /// The process that sends the server's identification. A preauth child that never executes
  /// sshd-auth is too old to do it.
  Role greeter() {
    return preauth.filter(child -> !child.executed).isPresent() ? Role.MONITOR : history.greeter();
  }

  /// How long startup waited for the client; empty if that is not known.
  OptionalLong clientWait() {
    return preauth.isPresent() && greeter() == Role.PREAUTH ? OptionalLong.of(0) : clientWait;
  }

  /// The name of the monitor's program; empty if it is not known.
  String executable() {
    return executable;
  }

  boolean runsSshd() {
    return SshdPrograms.NAMES.contains(executable);
  }

  boolean tentative() {
    return tentative;
  }

  void confirm() {
    tentative = false;
  }

  /// Sessions opened. A child of the monitor that leads a session is a session of root's, unless
  /// there is a user child: then it is a helper of PAM's.
  int sessions() {
    return served().count();
  }

  private OpenedSessions served() {
    return children.hasUsers() ? userSessions : monitorSessions;
  }

  /// The first of the sessions.
  List<Result.OpenedSession> openedSessions() {
    return served().opened(lostSinceNanos, seenSinceNanos);
  }

  boolean sessionSeen() {
    return userSessions.count() + monitorSessions.count() > 0;
  }

  OptionalLong lostSinceNanos() {
    return lostSinceNanos;
  }

  long lostEvents() {
    return lostEvents;
  }

  /// Since when the connection was seen; empty if from its beginning.
  OptionalLong seenSinceNanos() {
    return seenSinceNanos;
  }

  /// Whether it was authenticated before it was seen: it has no first result.
  boolean foundAuthenticated() {
    return foundAuthenticated;
  }

  boolean lineLost() {
    return lineLost;
  }

  boolean uncertain() {
    return lostSinceNanos.isPresent();
  }

  /// When a connection whose end may have been missed is given up.
  long expiryNanos() {
    return lastLossNanos + settings.uncertainExpiry().toNanos();
  }

  /// The processes that have not ended and whose end is the connection's end.
  List<TrackedProcess> awaited() {
    var awaited = new ArrayList<TrackedProcess>();
    if (!monitor.exited()) {
      awaited.add(monitor);
    }
    preauth.filter(child -> !child.exited()).ifPresent(awaited::add);
    children.liveUsers().forEach(awaited::add);
    return awaited;
  }

  /// Takes over the processes of a connection that was found.
  ///
  /// @param unknown those that it does not have yet, each after its parent
  /// @return the new processes
  List<TrackedProcess> onFound(KernelEvent.ConnectionFound found, List<FoundProcess> unknown) {
    if (executable.isEmpty()) {
      executable = found.monitor().executable();
    }
    var added = new HashMap<>(Map.of(monitor.pid, monitor));
    boolean mayBegin = state instanceof Startup && seenSinceNanos.isPresent();
    // From OpenSSH 10.0 on the preauth child is still root's for some milliseconds.
    var own =
        unknown.stream()
            .filter(process -> process.parentPid() == monitor.pid)
            .filter(process -> !process.executable().equals(SshdPrograms.SSHD_AUTH))
            .toList();
    boolean preauthFound =
        unknown.stream()
            .filter(process -> process.parentPid() == monitor.pid)
            .anyMatch(process -> settings.privsepUids().contains(process.realUid()));
    if (mayBegin && !preauthFound && (found.monitor().serving() || !own.isEmpty())) {
      beginAuthenticated();
    }
    for (var process : unknown) {
      Optional.ofNullable(added.get(process.parentPid()))
          .flatMap(parent -> childFound(parent, process))
          .ifPresent(child -> added.put(child.pid, child));
    }
    added.remove(monitor.pid);
    return List.copyOf(added.values());
  }

  /// Goes on with what the run before knew of it.
  void resume(OpenConnection known) {
    if (known.authenticated()) {
      beginAuthenticated();
    }
    known.decision().ifPresent(results::resume);
  }

  private void beginAuthenticated() {
    foundAuthenticated = true;
    children.beginAuthenticated();
    state = new Session(Optional.empty());
  }

  private Optional<TrackedProcess> childFound(TrackedProcess parent, FoundProcess found) {
    return switch (parent.part) {
      case MONITOR -> {
        boolean candidate =
            authenticated() && !found.leader() && SshdPrograms.NAMES.contains(found.executable());
        var child = new TrackedProcess(parent, found, candidate ? Part.CANDIDATE : Part.HELPER);
        children.add(child);
        if (found.leader() && authenticated()) {
          monitorSessions.begin(child.pid, child.forkedAtNanos);
        }
        onUserChanged(child, child.forkedAtNanos, found.realUid(), Optional.empty());
        yield Optional.of(child);
      }
      case CANDIDATE, USER -> {
        var child = new TrackedProcess(parent, found, Part.SESSION);
        if (found.leader()) {
          onSessionOfUser(parent, child);
        }
        yield Optional.of(child);
      }
      case PREAUTH, HELPER, HELPER_CHILD, SESSION -> Optional.empty();
    };
  }

  /// @param nanos when the connection, which is older, was found
  void onSeenSince(long nanos) {
    seenSinceNanos = OptionalLong.of(nanos);
  }

  boolean authenticated() {
    return state instanceof Session;
  }

  /// @return the new process; empty if the connection's figures do not depend on it
  Optional<TrackedProcess> onForked(TrackedProcess parent, KernelEvent.Forked forked, long now) {
    children.sumSettled(preauth, now, settings.accountGrace().toNanos());
    return switch (parent.part) {
      case MONITOR -> {
        var part = authenticated() ? Part.CANDIDATE : Part.HELPER;
        var child = new TrackedProcess(parent, forked, part);
        children.add(child);
        yield Optional.of(child);
      }
      case CANDIDATE, USER -> Optional.of(new TrackedProcess(parent, forked, Part.SESSION));
      case HELPER, HELPER_CHILD -> {
        if (parent.sessionLeader) {
          yield Optional.empty();
        }
        var child = new TrackedProcess(parent, forked, Part.HELPER_CHILD);
        children.add(child);
        yield Optional.of(child);
      }
      case PREAUTH, SESSION -> Optional.empty();
    };
  }

  void onExecuted(TrackedProcess process, String program) {
    switch (process.part) {
      case MONITOR -> executable = program;
      // From OpenSSH 10.0 on N executes sshd-auth before it drops its privileges. A name that could
      // not be read proves nothing.
      case HELPER -> {
        process.executed = true;
        if (!program.isEmpty()) {
          process.executedOther = !SshdPrograms.NAMES.contains(program);
        }
      }
      // A user child never executes another program: this was a helper, which may run as the user,
      // or, without privilege separation, the session itself.
      case CANDIDATE, USER -> {
        process.part = process.sessionLeader ? Part.SESSION : Part.HELPER;
        process.executedOther = true;
        endIfOver();
      }
      case PREAUTH, HELPER_CHILD, SESSION -> {}
    }
  }

  /// @param usage what the process had used by then
  void onUserChanged(TrackedProcess process, long atNanos, int realUid, Optional<Usage> usage) {
    if (process.part == Part.CANDIDATE && realUid != 0) {
      toUser(process);
      return;
    }
    if (process.part != Part.HELPER || process.executedOther) {
      return;
    }
    if (settings.privsepUids().contains(realUid)) {
      if (state instanceof Startup) {
        process.demotion = Optional.of(new Demotion(atNanos, usage));
        toPreauth(process);
      }
    } else if (realUid != 0 && (authenticated() || state instanceof Startup)) {
      toUser(process);
    }
  }

  void onSessionLed(TrackedProcess process) {
    if (process.sessionLeader || process.part == Part.MONITOR || process.part == Part.PREAUTH) {
      return;
    }
    process.sessionLeader = true;
    switch (process.part) {
      case SESSION -> process.parent.ifPresent(parent -> onSessionOfUser(parent, process));
      // A user child does not lead a session: its children do.
      case CANDIDATE -> {
        process.part = Part.HELPER;
        monitorSessions.begin(process.pid, process.forkedAtNanos);
        endIfOver();
      }
      case HELPER -> {
        if (authenticated()) {
          monitorSessions.begin(process.pid, process.forkedAtNanos);
        }
      }
      case MONITOR, PREAUTH, USER, HELPER_CHILD -> {}
    }
  }

  /// A session's process started a program.
  ///
  /// @param counted whether it is among those of [#onProgramsCounted], too
  void onProgramStarted(int leaderPid, String name, boolean counted) {
    userSessions.started(leaderPid, name, counted);
    monitorSessions.started(leaderPid, name, counted);
  }

  /// A session has started so many programs that were not named.
  void onProgramsCounted(int leaderPid, long starts, boolean complete) {
    userSessions.counted(leaderPid, starts, complete);
    monitorSessions.counted(leaderPid, starts, complete);
  }

  /// Gives back what it has taken of shared room.
  void close() {
    userSessions.close();
    monitorSessions.close();
  }

  private void onSessionOfUser(TrackedProcess parent, TrackedProcess leader) {
    if (parent.part == Part.CANDIDATE) {
      toUser(parent);
    }
    if (parent.part == Part.USER) {
      userSessions.begin(leader.pid, leader.forkedAtNanos);
    }
  }

  void onAccounted(TrackedProcess process, Usage usage) {
    if (process.account.isEmpty()) {
      process.account = Optional.of(usage);
    }
  }

  /// @param status empty if the process was found gone
  void onExited(
      TrackedProcess process,
      long atNanos,
      Optional<ExitStatus> status,
      Optional<Usage> parentUsage) {
    if (process.exited()) {
      return;
    }
    process.exit = Optional.of(new Termination(atNanos, status, parentUsage));
    if (process.sessionLeader && status.isPresent()) {
      userSessions.ended(process.pid, atNanos);
      monitorSessions.ended(process.pid, atNanos);
    }
    switch (process.part) {
      case MONITOR, PREAUTH, CANDIDATE, USER -> lastExitNanos = Math.max(lastExitNanos, atNanos);
      case HELPER, HELPER_CHILD, SESSION -> {}
    }
    switch (state) {
      case Preauth(var child) when child == process -> {
        if (status.map(ExitStatus::success).orElse(log.accepted())) {
          toSession(child);
        } else {
          toRefused(child);
        }
      }
      case Startup _, Preauth _, Session _, Refused _, Ended _ -> {}
    }
    endIfOver();
  }

  private void endIfOver() {
    if (monitor.exited()
        && children.liveUsers().findAny().isEmpty()
        && !(state instanceof Preauth)) {
      toEnded();
    }
  }

  /// The process is gone and its exit was not seen.
  void onVanished(TrackedProcess process, long atNanos) {
    onUncertain(process.forkedAtNanos, atNanos, 0);
    onExited(process, atNanos, Optional.empty(), Optional.empty());
  }

  void onLogged(long atNanos, SshdMessage message) {
    if (message instanceof SshdMessage.UserChild(int pid)) {
      children.candidate(pid).ifPresent(this::toUser);
    }
    if (!results.decided()) {
      log.add(atNanos, message);
    } else if (message instanceof SshdMessage.Authentication && log.method() == Method.UNKNOWN) {
      lineLost = true;
    }
  }

  /// A line that may have said something about the login was given up.
  void onLineLost() {
    lineLost |= !results.decided();
  }

  /// Events were lost from `sinceNanos` to `atNanos`.
  void onUncertain(long sinceNanos, long atNanos, long count) {
    if (state instanceof Ended(long ended) && ended < sinceNanos) {
      return;
    }
    lostSinceNanos = OptionalLong.of(Math.min(sinceNanos, lostSinceNanos.orElse(Long.MAX_VALUE)));
    lastLossNanos = Math.max(lastLossNanos, atNanos);
    lostEvents += count;
  }

  private void toPreauth(TrackedProcess child) {
    child.part = Part.PREAUTH;
    children.remove(child);
    preauth = Optional.of(child);
    state = new Preauth(child);
    var slept = figures().monitorSlept();
    if (slept.isPresent() && !uncertain()) {
      clientWait = history.onSlept(child.forkedAtNanos, slept.getAsLong());
    }
  }

  private void toUser(TrackedProcess child) {
    child.part = Part.USER;
    children.confirmUser();
  }

  private void toSession(TrackedProcess child) {
    state = new Session(Optional.of(child));
  }

  private void toRefused(TrackedProcess child) {
    state = new Refused(child);
  }

  private void toEnded() {
    state = new Ended(lastExitNanos);
  }
}
