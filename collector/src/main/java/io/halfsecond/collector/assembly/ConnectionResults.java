package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionEnded;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The two results of one connection: when each is due, and what it says.
final class ConnectionResults {
  private final Connection connection;
  private final TrackedProcess monitor;
  private final LoginEvidence log;
  private final ProbeConnections probes;
  private final boolean logs;
  private final long grace;
  private final long logLag;
  private Optional<AuthenticationDecided> decision = Optional.empty();

  /// Whether the run before has given out the first result.
  private boolean resumed;

  ConnectionResults(Connection connection, AssemblerSettings settings, ProbeConnections probes) {
    this.connection = connection;
    this.monitor = connection.monitor;
    this.log = connection.log;
    this.probes = probes;
    this.logs = settings.logs();
    this.grace = settings.accountGrace().toNanos();
    this.logLag = settings.logLag().toNanos();
  }

  /// Whether the first result has been given out.
  boolean decided() {
    return decision.isPresent();
  }

  /// The run before has given out the first result.
  void resume(OpenConnection.Decision before) {
    resumed = true;
    decision =
        Optional.of(
            new AuthenticationDecided(
                key(),
                before.atNanos(),
                "",
                new Login(
                    before.outcome(),
                    before.method(),
                    before.userClass(),
                    Optional.empty(),
                    Optional.empty()),
                Timing.UNKNOWN,
                OptionalLong.empty(),
                Timing.UNKNOWN,
                before.evidence(),
                false,
                Optional.empty(),
                connection.seenSinceNanos()));
  }

  /// What the next run has to know of it.
  OpenConnection toOpen() {
    return new OpenConnection(
        key(),
        connection.authenticated()
            || connection.foundAuthenticated()
            || decision.filter(said -> said.login().outcome() == Outcome.ACCEPTED).isPresent(),
        decision.map(
            said ->
                new OpenConnection.Decision(
                    said.decidedAtNanos(),
                    said.login().outcome(),
                    said.login().method(),
                    said.login().userClass(),
                    said.evidence())));
  }

  /// Whether it is, or may be, a connection of the active probe.
  boolean ofProbe() {
    return connection.seenSinceNanos().isEmpty()
        && decision
            .map(AuthenticationDecided::probe)
            .orElseGet(() -> probes.tag(monitor.forkedAtNanos, log.port()))
            .isPresent();
  }

  /// The results that are due: over the connection's life at most one of each kind, the decision
  /// first.
  List<Result> release(long now) {
    var due = new ArrayList<Result>();
    if (connection.tentative()) {
      return due;
    }
    if (decision.isEmpty() && decidable(now)) {
      decision = Optional.of(decide());
      if (!connection.foundAuthenticated()) {
        due.add(decision.get());
      }
    }
    if (decision.isPresent()
        && connection.state() instanceof ConnectionState.Ended(long endedAt)
        && finishable(endedAt, now)) {
      due.add(finish(decision.get(), endedAt));
    }
    return due;
  }

  /// When to call [#release] again although nothing happened; empty if only an event can change its
  /// answer.
  OptionalLong nextDeadline(long now) {
    var all = new ArrayList<Long>();
    connection
        .preauth()
        .flatMap(child -> child.exit)
        .ifPresent(exit -> all.addAll(List.of(exit.atNanos() + grace, exit.atNanos() + logLag)));
    if (connection.state() instanceof ConnectionState.Ended(long endedAt)) {
      all.addAll(List.of(endedAt + grace, endedAt + logLag));
    } else if (connection.uncertain()) {
      all.add(connection.expiryNanos());
    }
    return all.stream().mapToLong(Long::longValue).filter(at -> at > now).min();
  }

  private boolean decidable(long now) {
    return switch (connection.state()) {
      case ConnectionState.Startup _, ConnectionState.Preauth _ -> false;
      // The monitor exits a few ms later; its status tells a refusal from a crash and a timeout.
      case ConnectionState.Refused(var child) ->
          now >= child.exitedAtNanos() + grace && logSettled(child.exitedAtNanos(), now);
      case ConnectionState.Session(var preauth) ->
          preauth
              .map(child -> child.settled(now, grace) && logSettled(child.exitedAtNanos(), now))
              // It has no first result. What the log still says of the login is for the second.
              .orElse(false);
      case ConnectionState.Ended(long endedAt) ->
          monitor.settled(now, grace)
              && connection.preauth().map(child -> child.settled(now, grace)).orElse(true)
              && logSettled(endedAt, now);
    };
  }

  private boolean logSettled(long decidedAt, long now) {
    return !logs || log.finished() || log.accepted() || now >= decidedAt + logLag;
  }

  private boolean finishable(long endedAt, long now) {
    // Until the log lag is over the monitor's last lines may arrive, and must find it.
    return (!logs || now >= endedAt + logLag)
        && (now >= endedAt + grace
            || (monitor.account.isPresent()
                && connection.preauth().map(child -> child.account.isPresent()).orElse(true)
                && connection.children.settled(now, grace)));
  }

  private AuthenticationDecided decide() {
    var preauth = connection.preauth();
    boolean found = connection.seenSinceNanos().isPresent();
    var figures = connection.figures();
    boolean exchanged = exchanged(figures);
    var outcome =
        preauth
            .map(
                child -> LoginOutcome.withPreauth(child.status(), monitor.status(), log, exchanged))
            .orElseGet(this::outcomeWithoutPreauth);
    long decidedAt =
        preauth
            .map(TrackedProcess::exitedAtNanos)
            .orElseGet(
                () ->
                    connection.foundAuthenticated()
                        ? connection.seenSinceNanos().orElseThrow()
                        : log.acceptedAtNanos().orElseGet(monitor::exitedAtNanos));
    if (preauth.isEmpty() && log.noIdentification() && !found) {
      connection.history.onGreeter(Role.MONITOR);
    }
    var lostSince = connection.lostSinceNanos();
    return new AuthenticationDecided(
        key(),
        decidedAt,
        connection.executable(),
        new Login(outcome, log.method(), log.userClass(), log.user(), log.address(), log.key()),
        // Start times in /proc are in steps of 10 ms.
        found ? Timing.UNKNOWN : figures.startup(),
        found ? OptionalLong.empty() : connection.clientWait(),
        exchanged && !found ? figures.authentication() : Timing.UNKNOWN,
        log.any() ? Evidence.KERNEL_AND_LOG : Evidence.KERNEL,
        (lostSince.isEmpty() || lostSince.getAsLong() > decidedAt)
            && !connection.lineLost()
            && !found,
        found ? Optional.empty() : probes.tag(monitor.forkedAtNanos, log.port()),
        connection.seenSinceNanos());
  }

  private Outcome outcomeWithoutPreauth() {
    var outcome =
        LoginOutcome.withoutPreauth(
            monitor.status(), log, connection.sessionSeen() || connection.foundAuthenticated());
    // A connection that was found may have had a preauth child.
    return outcome == Outcome.NO_PREAUTH
            && connection.seenSinceNanos().isPresent()
            && !log.noIdentification()
        ? Outcome.UNKNOWN
        : outcome;
  }

  /// Whether the preauth child exchanged keys with the client, as far as that shows: sshd knows the
  /// user, the log tells that the client was no ssh client, or the child used too little CPU time.
  private boolean exchanged(PhaseFigures figures) {
    // A child that executes no program uses next to nothing before it drops its privileges: its
    // account needs no sample, which may be late.
    var cpu =
        connection
            .preauth()
            .flatMap(child -> child.executed ? figures.childInPreauth() : child.account)
            .map(Usage::cpuNanos);
    if (log.user().isPresent()
        || LoginOutcome.attempted(
            connection.preauth().flatMap(TrackedProcess::status), monitor.status())) {
      cpu.filter(_ -> !connection.uncertain())
          .ifPresent(
              nanos ->
                  connection.history.onExchanged(
                      connection.preauth().orElseThrow().exitedAtNanos(), nanos));
      return true;
    }
    return !log.noIdentification() && cpu.filter(connection.history::tooLittleToExchange).isEmpty();
  }

  private ConnectionEnded finish(AuthenticationDecided decided, long endedAt) {
    var children = connection.children;
    children.sumAll(connection.preauth());
    boolean accepted = decided.login().outcome() == Outcome.ACCEPTED;
    var figures = connection.figures();
    boolean found = connection.seenSinceNanos().isPresent();
    // Without a preauth child the monitor's account may hold any phase.
    var usage = new ArrayList<>(figures.usage(accepted || found));
    usage.addAll(children.usage());
    var ownCpu = found ? OptionalLong.empty() : figures.cpuNanos();
    var childrenCpu = children.cpuNanos();
    return new ConnectionEnded(
        key(),
        endedAt,
        connection.executable(),
        decided.login(),
        accepted && (resumed || !connection.foundAuthenticated())
            ? OptionalLong.of(Math.max(0, endedAt - decided.decidedAtNanos()))
            : OptionalLong.empty(),
        List.copyOf(usage),
        ownCpu.isPresent() && childrenCpu.isPresent()
            ? OptionalLong.of(ownCpu.getAsLong() + childrenCpu.getAsLong())
            : OptionalLong.empty(),
        connection.sessions(),
        connection.openedSessions(),
        decided.evidence(),
        connection.lostSinceNanos().isEmpty() && !connection.lineLost() && !found,
        connection.lostEvents(),
        decided.probe(),
        connection.seenSinceNanos());
  }

  private ConnectionKey key() {
    return new ConnectionKey(monitor.pid, monitor.forkedAtNanos);
  }
}
