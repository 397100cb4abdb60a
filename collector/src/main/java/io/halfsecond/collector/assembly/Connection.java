package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.ConnectionState.Ended;
import io.halfsecond.collector.assembly.ConnectionState.Preauth;
import io.halfsecond.collector.assembly.ConnectionState.Refused;
import io.halfsecond.collector.assembly.ConnectionState.Session;
import io.halfsecond.collector.assembly.ConnectionState.Startup;
import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionEnded;
import io.halfsecond.collector.assembly.Result.Cost;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.assembly.SshdProcess.Part;
import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.sshd.SshdPrograms;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One connection as the kernel shows it: the processes, the state they are in (see
/// [ConnectionState]), what the log added, and when the two results may go out.
///
/// It learns by `on…`, moves by `to…`, and is asked by [#release].
final class Connection {
  private final AssemblerSettings settings;
  private final ProbeConnections probes;
  final SshdProcess monitor;
  private ConnectionState state = new Startup();
  private Optional<SshdProcess> preauth = Optional.empty();
  private String executable = "";

  /// Children of the monitor whose cost is not in a tally yet, N and the monitor excepted.
  private final List<SshdProcess> children = new ArrayList<>();

  /// Those that were put into a tally and that the assembler need not know any more.
  private final List<SshdProcess> tallied = new ArrayList<>();

  private final Tally users = new Tally();
  private final Tally startupHelpers = new Tally();
  private final Tally preauthHelpers = new Tally();
  private final Tally sessionHelpers = new Tally();

  /// Children of the monitor that led a session: root's, unless a user child shows up; then they
  /// were PAM's.
  private final Tally sessionLeaders = new Tally();

  private int liveUsers;
  private int userSessions;
  private int monitorSessions;
  private long lastExitNanos;

  private final LoginEvidence log = new LoginEvidence();
  private Optional<AuthenticationDecided> decision = Optional.empty();

  private OptionalLong lostSinceNanos = OptionalLong.empty();
  private long lastLossNanos;
  private long lostEvents;

  /// For a child of PID 1: not known to be a connection yet. It could be a starting listener or
  /// another service.
  private boolean tentative;

  /// When the assembler will ask again at the latest; its own note.
  Optional<ConnectionAssembler.Timer> timer = Optional.empty();

  Connection(
      AssemblerSettings settings,
      ProbeConnections probes,
      int monitorPid,
      long forkedAtNanos,
      boolean tentative) {
    this.settings = settings;
    this.probes = probes;
    this.monitor = new SshdProcess(this, monitorPid, forkedAtNanos, Optional.empty(), Part.MONITOR);
    this.tentative = tentative;
  }

  ConnectionState state() {
    return state;
  }

  boolean tentative() {
    return tentative;
  }

  boolean runsSshd() {
    return SshdPrograms.NAMES.contains(executable);
  }

  void confirm() {
    tentative = false;
  }

  /// The processes whose end is the connection's end, and that have not ended.
  List<SshdProcess> awaited() {
    var awaited = new ArrayList<SshdProcess>();
    if (!monitor.exited()) {
      awaited.add(monitor);
    }
    preauth.filter(child -> !child.exited()).ifPresent(awaited::add);
    children.stream()
        .filter(child -> child.part == Part.USER && !child.exited())
        .forEach(awaited::add);
    return awaited;
  }

  /// @return the new process; empty if the connection's figures do not depend on it
  Optional<SshdProcess> onForked(
      SshdProcess parent, int pid, long atNanos, Optional<Usage> parentUsage) {
    return switch (parent.part) {
      case MONITOR -> {
        tallySettled(atNanos);
        var child = new SshdProcess(this, pid, atNanos, parentUsage, Part.HELPER);
        children.add(child);
        yield Optional.of(child);
      }
      case USER -> Optional.of(new SshdProcess(this, pid, atNanos, parentUsage, Part.SESSION));
      case PREAUTH, HELPER, SESSION -> Optional.empty();
    };
  }

  void onExecuted(SshdProcess process, String program) {
    switch (process.part) {
      case MONITOR -> executable = program;
      // From OpenSSH 10.0 on N executes sshd-auth before it drops its privileges. A name that could
      // not be read
      // says nothing.
      case HELPER -> {
        if (!program.isEmpty()) {
          process.executedOther = !SshdPrograms.NAMES.contains(program);
        }
      }
      // A user child never becomes another program: this was a helper that ran as the user, or,
      // without
      // privilege separation, the session itself.
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

  void onUserChanged(SshdProcess process, int realUid) {
    if (process.part != Part.HELPER || process.executedOther) {
      return;
    }
    if (settings.privsepUids().contains(realUid)) {
      if (state instanceof Startup) {
        toPreauth(process);
      }
    } else if (realUid != 0 && (state instanceof Session || state instanceof Startup)) {
      process.part = Part.USER;
      liveUsers++;
    }
  }

  void onSessionLed(SshdProcess process) {
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

  void onAccounted(SshdProcess process, Usage usage) {
    if (process.account.isEmpty()) {
      process.account = Optional.of(usage);
    }
  }

  /// @param status empty if the process was found gone
  void onExited(
      SshdProcess process, long atNanos, Optional<ExitStatus> status, Optional<Usage> parentUsage) {
    if (process.exited()) {
      return;
    }
    process.exit = Optional.of(new SshdProcess.Exit(atNanos, status, parentUsage));
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

  /// The process is gone and its exit was never seen.
  void onVanished(SshdProcess process, long atNanos) {
    onUncertain(process.forkedAtNanos, atNanos, 0);
    onExited(process, atNanos, Optional.empty(), Optional.empty());
  }

  void onLogged(long atNanos, SshdMessage message) {
    if (decision.isEmpty()) {
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

  boolean uncertain() {
    return lostSinceNanos.isPresent();
  }

  private void toPreauth(SshdProcess child) {
    child.part = Part.PREAUTH;
    children.remove(child);
    preauth = Optional.of(child);
    state = new Preauth(child);
  }

  private void toSession(SshdProcess child) {
    state = new Session(child);
  }

  private void toRefused(SshdProcess child) {
    state = new Refused(child);
  }

  private void toEnded() {
    state = new Ended(lastExitNanos);
  }

  /// The results that are due. At most one of each kind over the connection's life, the decision
  /// first.
  List<Result> release(long now) {
    var due = new ArrayList<Result>();
    if (tentative) {
      return due;
    }
    if (decision.isEmpty() && decidable(now)) {
      decision = Optional.of(decide());
      due.add(decision.get());
    }
    if (decision.isPresent() && state instanceof Ended(long endedAt) && finishable(endedAt, now)) {
      due.add(finish(decision.get(), endedAt));
    }
    return due;
  }

  /// When to ask [#release] again although nothing happened; empty if only an event can change its
  /// answer.
  OptionalLong nextDeadline(long now) {
    var at = Long.MAX_VALUE;
    for (var candidate : deadlines()) {
      if (candidate > now) {
        at = Math.min(at, candidate);
      }
    }
    return at == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(at);
  }

  private List<Long> deadlines() {
    var all = new ArrayList<Long>();
    preauth
        .flatMap(child -> child.exit)
        .ifPresent(
            exit -> {
              all.add(exit.atNanos() + grace());
              all.add(exit.atNanos() + logLag());
            });
    if (state instanceof Ended(long endedAt)) {
      all.add(endedAt + grace());
      all.add(endedAt + logLag());
    } else if (uncertain()) {
      all.add(expiryNanos());
    }
    return all;
  }

  /// When a connection whose end may have been missed is given up.
  long expiryNanos() {
    return lastLossNanos + settings.uncertainExpiry().toNanos();
  }

  private boolean decidable(long now) {
    return switch (state) {
      case Startup _, Preauth _ -> false;
      // The monitor's exit, a few ms away, still tells a refusal from a crash and a timeout.
      case Refused(var child) ->
          now >= exitedAt(child) + grace() && logSettled(exitedAt(child), now);
      case Session(var child) -> child.settled(now, grace()) && logSettled(exitedAt(child), now);
      case Ended(long endedAt) ->
          monitor.settled(now, grace())
              && preauth.map(child -> child.settled(now, grace())).orElse(true)
              && logSettled(endedAt, now);
    };
  }

  private boolean logSettled(long decidedAt, long now) {
    return !settings.logs() || log.finished() || log.accepted() || now >= decidedAt + logLag();
  }

  private boolean finishable(long endedAt, long now) {
    // Until the log lag is over the monitor's last lines may arrive, and must find it.
    return (!settings.logs() || now >= endedAt + logLag())
        && (now >= endedAt + grace()
            || (monitor.account.isPresent()
                && preauth.map(child -> child.account.isPresent()).orElse(true)
                && children.stream()
                    .allMatch(child -> child.part == Part.SESSION || child.settled(now, grace()))));
  }

  private AuthenticationDecided decide() {
    var outcome =
        preauth
            .map(child -> Verdict.withPreauth(child.status(), monitor.status(), log))
            .orElseGet(
                () ->
                    Verdict.withoutPreauth(
                        monitor.status(), log, userSessions + monitorSessions > 0));
    long decidedAt =
        preauth
            .map(Connection::exitedAt)
            .orElseGet(() -> log.acceptedAtNanos().orElseGet(() -> exitedAt(monitor)));
    var login = new Login(outcome, log.method(), log.userClass(), log.user(), log.address());
    var complete = lostSinceNanos.isEmpty() || lostSinceNanos.getAsLong() > decidedAt;
    return new AuthenticationDecided(
        key(),
        decidedAt,
        executable,
        login,
        startup(),
        preauth(),
        evidence(),
        complete,
        probes.tag(monitor.forkedAtNanos, log.port()));
  }

  private Timing startup() {
    if (preauth.isEmpty()) {
      return Timing.UNKNOWN;
    }
    var child = preauth.get();
    return new Timing(
        OptionalLong.of(child.forkedAtNanos - monitor.forkedAtNanos),
        nanos(child.parentUsage.map(Usage::cpuNanos)),
        nanos(child.parentUsage.map(Usage::runQueueNanos)),
        nanos(child.parentUsage.map(Usage::minorFaults)));
  }

  private Timing preauth() {
    if (preauth.isEmpty() || preauth.get().status().isEmpty()) {
      return Timing.UNKNOWN;
    }
    var child = preauth.get();
    var both = child.account.flatMap(own -> monitorInPreauth().map(own::plus));
    return new Timing(
        OptionalLong.of(exitedAt(child) - child.forkedAtNanos),
        nanos(both.map(Usage::cpuNanos)),
        nanos(both.map(Usage::runQueueNanos)),
        nanos(child.account.map(Usage::minorFaults)));
  }

  private static OptionalLong nanos(Optional<Long> value) {
    return value.map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  /// What the monitor used between the fork and the exit of N.
  private Optional<Usage> monitorInPreauth() {
    return preauth
        .flatMap(child -> child.parentUsage)
        .flatMap(before -> monitorAtPreauthExit().map(after -> after.since(before)));
  }

  /// What the monitor had used when N exited. On a failure it may be gone before /proc can be read:
  /// then it has used next to nothing after N, and its total serves.
  private Optional<Usage> monitorAtPreauthExit() {
    return sampleAtPreauthExit()
        .or(
            () ->
                preauth
                    .flatMap(SshdProcess::status)
                    .filter(status -> !status.success())
                    .flatMap(_ -> monitor.account));
  }

  private Optional<Usage> sampleAtPreauthExit() {
    return preauth.flatMap(child -> child.exit).flatMap(SshdProcess.Exit::parentUsage);
  }

  private ConnectionEnded finish(AuthenticationDecided decided, long endedAt) {
    tallySettled(Long.MAX_VALUE);
    var hasUser = users.count() > 0;
    if (hasUser) {
      sessionHelpers.add(sessionLeaders);
    }
    var sessionNanos =
        decided.login().outcome() == Outcome.ACCEPTED
            ? OptionalLong.of(Math.max(0, endedAt - decided.decidedAtNanos()))
            : OptionalLong.empty();
    return new ConnectionEnded(
        key(),
        endedAt,
        executable,
        decided.login(),
        sessionNanos,
        costs(decided),
        totalCpuNanos(),
        hasUser ? userSessions : monitorSessions,
        decided.evidence(),
        lostSinceNanos.isEmpty(),
        lostEvents,
        decided.probe());
  }

  private List<Cost> costs(AuthenticationDecided decided) {
    var costs = new ArrayList<Cost>();
    if (preauth.isPresent()) {
      preauth
          .get()
          .parentUsage
          .ifPresent(used -> costs.add(new Cost(Role.MONITOR, Phase.STARTUP, used)));
      monitorInPreauth().ifPresent(used -> costs.add(new Cost(Role.MONITOR, Phase.PREAUTH, used)));
      sampleAtPreauthExit()
          .flatMap(before -> monitor.account.map(total -> total.since(before)))
          .ifPresent(used -> costs.add(new Cost(Role.MONITOR, Phase.SESSION, used)));
      preauth
          .get()
          .account
          .ifPresent(used -> costs.add(new Cost(Role.PREAUTH, Phase.PREAUTH, used)));
    } else if (decided.login().outcome() != Outcome.ACCEPTED) {
      monitor.account.ifPresent(used -> costs.add(new Cost(Role.MONITOR, Phase.STARTUP, used)));
    }
    users.complete().ifPresent(used -> costs.add(new Cost(Role.USER, Phase.SESSION, used)));
    startupHelpers
        .complete()
        .ifPresent(used -> costs.add(new Cost(Role.HELPER, Phase.STARTUP, used)));
    preauthHelpers
        .complete()
        .ifPresent(used -> costs.add(new Cost(Role.HELPER, Phase.PREAUTH, used)));
    sessionHelpers
        .complete()
        .ifPresent(used -> costs.add(new Cost(Role.HELPER, Phase.SESSION, used)));
    return List.copyOf(costs);
  }

  private OptionalLong totalCpuNanos() {
    var tallies = List.of(users, startupHelpers, preauthHelpers, sessionHelpers);
    if (monitor.account.isEmpty()
        || preauth.map(child -> child.account.isEmpty()).orElse(false)
        || tallies.stream().anyMatch(tally -> tally.missed() > 0)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        monitor.account.get().cpuNanos()
            + preauth.flatMap(child -> child.account).map(Usage::cpuNanos).orElse(0L)
            + tallies.stream().mapToLong(tally -> tally.sum().cpuNanos()).sum());
  }

  /// Puts the cost of children that are over into their tally, so that a connection that lives for
  /// months and opens a session a minute keeps no process that is gone.
  private void tallySettled(long now) {
    children.removeIf(
        child -> {
          if (now != Long.MAX_VALUE && !child.settled(now, grace())) {
            return false;
          }
          tallyOf(child).add(child.account);
          tallied.add(child);
          return true;
        });
  }

  /// Whether the process's cost is still to be put into a tally.
  boolean tallies(SshdProcess process) {
    return children.contains(process);
  }

  /// Processes that nothing more is expected of, once.
  List<SshdProcess> takeTallied() {
    var taken = List.copyOf(tallied);
    tallied.clear();
    return taken;
  }

  private Tally tallyOf(SshdProcess child) {
    if (child.part == Part.USER) {
      return users;
    }
    if (preauth.isEmpty()) {
      return child.sessionLeader ? sessionLeaders : startupHelpers;
    }
    var n = preauth.get();
    if (child.forkedAtNanos < n.forkedAtNanos) {
      return startupHelpers;
    }
    if (n.exit.isEmpty() || child.forkedAtNanos < exitedAt(n)) {
      return preauthHelpers;
    }
    return child.sessionLeader ? sessionLeaders : sessionHelpers;
  }

  Result.Key key() {
    return new Result.Key(monitor.pid, monitor.forkedAtNanos, false);
  }

  private Evidence evidence() {
    return log.any() ? Evidence.KERNEL_AND_LOG : Evidence.KERNEL;
  }

  private static long exitedAt(SshdProcess process) {
    return process.exit.orElseThrow(() -> new IllegalStateException("has not exited")).atNanos();
  }

  private long grace() {
    return settings.accountGrace().toNanos();
  }

  private long logLag() {
    return settings.logLag().toNanos();
  }

  /// The added-up cost of processes of one kind.
  private static final class Tally {
    private Usage sum = Usage.ZERO;
    private int count;
    private int missed;

    void add(Optional<Usage> usage) {
      count++;
      usage.ifPresentOrElse(used -> sum = sum.plus(used), () -> missed++);
    }

    void add(Tally other) {
      sum = sum.plus(other.sum);
      count += other.count;
      missed += other.missed;
    }

    int count() {
      return count;
    }

    int missed() {
      return missed;
    }

    Usage sum() {
      return sum;
    }

    /// The sum; empty if there was no such process or the account of one is missing.
    Optional<Usage> complete() {
      return count > 0 && missed == 0 ? Optional.of(sum) : Optional.empty();
    }
  }
}
