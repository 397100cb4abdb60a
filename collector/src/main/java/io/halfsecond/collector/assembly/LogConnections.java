package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Connections made of log lines alone: opened by the first line of a pid, decided by "Accepted" or
/// by a line that reports the end, given up after a bound. The startup phase is not visible: sshd
/// logs its first line after it.
///
/// A decided pid is remembered for 10 s, so that its last lines do not open a second connection.
final class LogConnections {
  private static final class LogConnection {
    final int pid;
    final long firstAtNanos;
    final long writtenAt;
    long lastAtNanos;
    final LoginEvidence log = new LoginEvidence();

    LogConnection(int pid, LogEvent first) {
      this.pid = pid;
      this.firstAtNanos = first.atNanos();
      this.lastAtNanos = first.atNanos();
      this.writtenAt = first.writtenAt();
    }
  }

  /// The last lines of a connection follow within milliseconds.
  private static final long REMEMBERED_NANOS = Duration.ofSeconds(10).toNanos();

  private final AssemblerSettings settings;
  private final Fate.Observer fates;
  private final ProbeConnections probes;

  /// Undecided connections by their first line, the order in which they are given up.
  private final Map<Integer, LogConnection> byPid = new LinkedHashMap<>();

  /// Until when decided pids are remembered, in the order of their decision.
  private final Map<Integer, Long> decidedUntilNanos = new LinkedHashMap<>();

  private long opened;
  private long closed;

  LogConnections(AssemblerSettings settings, Fate.Observer fates, ProbeConnections probes) {
    this.settings = settings;
    this.fates = fates;
    this.probes = probes;
  }

  List<Result> accept(LogEvent line) {
    int pid =
        line.message() instanceof SshdMessage.GraceTimeout(var monitor, _, _)
            ? monitor.orElse(line.pid())
            : line.pid();
    if (line.message() instanceof SshdMessage.ConnectionFrom) {
      decidedUntilNanos.remove(pid);
    } else if (decidedUntilNanos.containsKey(pid)) {
      fates.decided(line, Fate.ASSEMBLED);
      return List.of();
    }
    var results = new ArrayList<Result>();
    var connection = byPid.get(pid);
    if (connection != null && connection.log.contradicts(line.atNanos(), line.message())) {
      // The pid is another process's by now.
      byPid.remove(pid);
      results.add(decide(connection, false));
      connection = null;
    }
    if (connection == null) {
      if (!LoginEvidence.begins(line.message())) {
        fates.decided(line, Fate.IRRELEVANT);
        return results;
      }
      if (byPid.size() >= settings.maxOpen()) {
        fates.decided(line, Fate.OVERFLOW);
        return results;
      }
      connection = new LogConnection(pid, line);
      byPid.put(pid, connection);
      opened++;
    }
    fates.decided(line, Fate.ASSEMBLED);
    connection.lastAtNanos = Math.max(connection.lastAtNanos, line.atNanos());
    connection.log.add(line.atNanos(), line.message());
    if (connection.log.accepted() || connection.log.finished()) {
      byPid.remove(pid);
      decidedUntilNanos.put(pid, connection.lastAtNanos + REMEMBERED_NANOS);
      results.add(decide(connection, true));
    }
    return results;
  }

  List<Result> advanceTo(long now) {
    var due = new ArrayList<Result>();
    var oldest = byPid.values().iterator();
    while (oldest.hasNext()) {
      var connection = oldest.next();
      if (now < connection.firstAtNanos + settings.logOnlyExpiry().toNanos()) {
        break;
      }
      oldest.remove();
      due.add(decide(connection, false));
    }
    var first = decidedUntilNanos.values().iterator();
    while (first.hasNext() && first.next() <= now) {
      first.remove();
    }
    return due;
  }

  Connections connections() {
    return new Connections(opened, closed, opened - closed);
  }

  private AuthenticationDecided decide(LogConnection connection, boolean said) {
    closed++;
    var log = connection.log;
    var login =
        new Login(
            outcome(log), log.method(), log.userClass(), log.user(), log.address(), log.key());
    // A single line has no duration, and without a key exchange there is no preauth phase.
    var wall =
        said
                && connection.lastAtNanos > connection.firstAtNanos
                && login.outcome() != Outcome.NO_PREAUTH
            ? OptionalLong.of(connection.lastAtNanos - connection.firstAtNanos)
            : OptionalLong.empty();
    return new AuthenticationDecided(
        new Result.ConnectionKey(
            connection.pid, connection.firstAtNanos, OptionalLong.of(connection.writtenAt)),
        connection.lastAtNanos,
        "",
        login,
        Timing.UNKNOWN,
        OptionalLong.empty(),
        new Timing(wall, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()),
        Evidence.LOG,
        true,
        probes.tag(log.port()),
        OptionalLong.empty());
  }

  private static Outcome outcome(LoginEvidence log) {
    if (log.accepted()) {
      return Outcome.ACCEPTED;
    }
    if (log.timedOut()) {
      return Outcome.TIMED_OUT;
    }
    if (log.noIdentification()) {
      return Outcome.NO_PREAUTH;
    }
    return log.failed() || log.finished() || log.left() ? Outcome.FAILED : Outcome.UNKNOWN;
  }
}
