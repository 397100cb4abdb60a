package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.UserClass;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the assembler tells of a connection. Times are nanoseconds of `CLOCK_MONOTONIC`. The
/// figures mean what the records of halfsecond.avdl say; an absent one could not be measured.
public sealed interface Result {
  /// Tells one connection from all others of one boot: pids wrap, a pid with its time of birth does
  /// not.
  ///
  /// @param bornNanos when the monitor was forked; if only the log told, when its first line was
  ///   logged
  record ConnectionKey(int monitorPid, long bornNanos, boolean logOnly) {}

  /// Authentication is decided. The first result of every connection.
  record AuthenticationDecided(
      ConnectionKey key,
      long decidedAtNanos,
      String executable,
      Login login,
      Timing startup,
      Timing preauth,
      Evidence evidence,
      boolean complete,
      Optional<ProbeTag> probe)
      implements Result {}

  /// The connection's processes have ended. The second and last result of a connection; there is
  /// none if only the log told of it.
  ///
  /// @param sessionNanos from authentication to the end; absent if it failed
  /// @param totalCpuNanos absent if any of the processes was missed
  record ConnectionEnded(
      ConnectionKey key,
      long endedAtNanos,
      String executable,
      Login login,
      OptionalLong sessionNanos,
      List<PhaseUsage> cpu,
      OptionalLong totalCpuNanos,
      int sessions,
      Evidence evidence,
      boolean complete,
      long lostEvents,
      Optional<ProbeTag> probe)
      implements Result {}

  /// A round of the active probe, and what the kernel showed of the connection that was followed to
  /// its end.
  ///
  /// @param round when it began: its name
  /// @param startup of the kernel; nothing is known of it if that connection was not found for
  ///   certain
  record Probed(long round, long endedAtNanos, ProbeRound seen, Timing startup) implements Result {}

  /// Marks a connection of the active probe.
  ///
  /// @param round when the round began
  /// @param port of the client
  /// @param certain false if it could also be somebody's login
  record ProbeTag(long round, int port, boolean certain) {}

  /// Who tried to log in, how, and how it went. The name and address are in clear: [#toString()]
  /// leaves them out.
  record Login(
      Outcome outcome,
      Method method,
      UserClass userClass,
      Optional<String> user,
      Optional<String> address) {
    @Override
    public String toString() {
      return "Login[outcome=%s, method=%s, userClass=%s]".formatted(outcome, method, userClass);
    }
  }

  /// One phase.
  record Timing(
      OptionalLong wallNanos,
      OptionalLong cpuNanos,
      OptionalLong runQueueNanos,
      OptionalLong minorFaults) {
    static final Timing UNKNOWN =
        new Timing(
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  /// What the processes of one role cost in one phase.
  record PhaseUsage(Role role, Phase phase, Usage usage) {}
}
