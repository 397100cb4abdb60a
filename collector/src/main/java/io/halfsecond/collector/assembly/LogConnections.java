package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Timing;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Connections told by log lines alone: opened by the first line of a pid, decided by "Accepted" or by a line that
/// says it is over, given up after a bound. No line shows the startup phase: sshd logs its first one after it.
///
/// A decided pid is remembered for the same bound, so that its last lines open no second connection.
final class LogConnections {
  private static final class LogConnection {
    final int pid;
    final long firstAtNanos;
    long lastAtNanos;
    boolean decided;
    final LoginEvidence log = new LoginEvidence();

    LogConnection(int pid, long firstAtNanos) {
      this.pid = pid;
      this.firstAtNanos = firstAtNanos;
      this.lastAtNanos = firstAtNanos;
    }
  }

  private final AssemblerSettings settings;
  private final Fate.Listener fates;
  /// In the order of their first line, which is the order in which they are given up.
  private final Map<Integer, LogConnection> byPid = new LinkedHashMap<>();
  private long opened;
  private long closed;

  LogConnections(AssemblerSettings settings, Fate.Listener fates) {
    this.settings = settings;
    this.fates = fates;
  }

  List<Result> accept(LogEvent line) {
    int pid = line.message() instanceof SshdMessage.GraceTimeout(var monitor)
      ? monitor.orElse(line.pid())
      : line.pid();
    var connection = byPid.get(pid);
    if (connection != null && connection.decided && line.message() instanceof SshdMessage.ConnectionFrom) {
      byPid.remove(pid);
      connection = null;
    }
    if (connection == null) {
      if (!LoginEvidence.begins(line.message())) {
        fates.decided(line, Fate.IRRELEVANT);
        return List.of();
      }
      if (byPid.size() >= settings.maxOpen()) {
        fates.decided(line, Fate.OVERFLOW);
        return List.of();
      }
      connection = new LogConnection(pid, line.atNanos());
      byPid.put(pid, connection);
      opened++;
    }
    fates.decided(line, Fate.ASSEMBLED);
    if (connection.decided) {
      return List.of();
    }
    connection.lastAtNanos = Math.max(connection.lastAtNanos, line.atNanos());
    connection.log.add(line.atNanos(), line.message());
    return connection.log.accepted() || connection.log.finished()
      ? List.of(decide(connection, true))
      : List.of();
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
      if (!connection.decided) {
        due.add(decide(connection, false));
      }
    }
    return due;
  }

  Connections connections() {
    return new Connections(opened, closed, opened - closed);
  }

  private AuthenticationDecided decide(LogConnection connection, boolean said) {
    connection.decided = true;
    closed++;
    var log = connection.log;
    var login = new Login(outcome(log), log.method(), log.userClass(), log.user(), log.address());
    // One line alone has no duration.
    var wall = said && connection.lastAtNanos > connection.firstAtNanos
      ? OptionalLong.of(connection.lastAtNanos - connection.firstAtNanos)
      : OptionalLong.empty();
    return new AuthenticationDecided(new Result.Key(connection.pid, connection.firstAtNanos, true),
      connection.lastAtNanos, "", login, Timing.UNKNOWN,
      new Timing(wall, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()), Evidence.LOG, true);
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
    return log.failed() || log.finished() ? Outcome.FAILED : Outcome.UNKNOWN;
  }
}
