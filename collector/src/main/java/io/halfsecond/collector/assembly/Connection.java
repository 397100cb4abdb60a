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
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.schemas.Role;
import java.util.ArrayList;
import java.util.List;
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
  private int liveUsers;
  private int userSessions;
  private int monitorSessions;
  private long lastExitNanos;

  /// By the promptest of the connections before, if the monitor waits for the client.
  private OptionalLong clientWait = OptionalLong.empty();

  private OptionalLong lostSinceNanos = OptionalLong.empty();
  private long lastLossNanos;
  private long lostEvents;

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
      ListenerHistory history) {
    this.settings = settings;
    this.history = history;
    this.monitor =
        new TrackedProcess(this, monitorPid, forkedAtNanos, Optional.empty(), Part.MONITOR);
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
    return children.hasUsers() ? userSessions : monitorSessions;
  }

  boolean sessionSeen() {
    return userSessions + monitorSessions > 0;
  }

  OptionalLong lostSinceNanos() {
    return lostSinceNanos;
  }

  long lostEvents() {
    return lostEvents;
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

  /// @return the new process; empty if the connection's figures do not depend on it
  Optional<TrackedProcess> onForked(
      TrackedProcess parent, int pid, long atNanos, Optional<Usage> parentUsage) {
    return switch (parent.part) {
      case MONITOR -> {
        children.sumSettled(preauth, atNanos, settings.accountGrace().toNanos());
        var child = new TrackedProcess(this, pid, atNanos, parentUsage, Part.HELPER);
        children.add(child);
        yield Optional.of(child);
      }
      case USER -> Optional.of(new TrackedProcess(this, pid, atNanos, parentUsage, Part.SESSION));
      case PREAUTH, HELPER, SESSION -> Optional.empty();
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
      // A user child never executes another program: this was a helper that ran as the user, or,
      // without privilege separation, the session itself.
      case USER -> {
        process.part = process.sessionLeader ? Part.SESSION : Part.HELPER;
        process.executedOther = true;
        if (!process.exited()) {
          liveUsers--;
          endIfOver();
        }
      }
      case PREAUTH, SESSION -> {}
    }
  }

  /// @param usage what the process had used by then
  void onUserChanged(TrackedProcess process, long atNanos, int realUid, Optional<Usage> usage) {
    if (process.part != Part.HELPER || process.executedOther) {
      return;
    }
    if (settings.privsepUids().contains(realUid)) {
      if (state instanceof Startup) {
        process.demotion = Optional.of(new Demotion(atNanos, usage));
        toPreauth(process);
      }
    } else if (realUid != 0 && (state instanceof Session || state instanceof Startup)) {
      process.part = Part.USER;
      liveUsers++;
    }
  }

  void onSessionLed(TrackedProcess process) {
    if (process.sessionLeader || process.part == Part.MONITOR || process.part == Part.PREAUTH) {
      return;
    }
    process.sessionLeader = true;
    if (process.part == Part.SESSION) {
      userSessions++;
    } else if (process.part == Part.HELPER && state instanceof Session) {
      monitorSessions++;
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
    if (process.part == Part.USER) {
      liveUsers--;
    }
    if (process.part != Part.HELPER && process.part != Part.SESSION) {
      lastExitNanos = Math.max(lastExitNanos, atNanos);
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
    if (monitor.exited() && liveUsers == 0 && !(state instanceof Preauth)) {
      toEnded();
    }
  }

  /// The process is gone and its exit was not seen.
  void onVanished(TrackedProcess process, long atNanos) {
    onUncertain(process.forkedAtNanos, atNanos, 0);
    onExited(process, atNanos, Optional.empty(), Optional.empty());
  }

  void onLogged(long atNanos, SshdMessage message) {
    if (!results.decided()) {
      log.add(atNanos, message);
    }
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

  private void toSession(TrackedProcess child) {
    state = new Session(child);
  }

  private void toRefused(TrackedProcess child) {
    state = new Refused(child);
  }

  private void toEnded() {
    state = new Ended(lastExitNanos);
  }
}
