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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What the assembler reports. Times are nanoseconds of `CLOCK_MONOTONIC`. Figures are defined at
/// the records of halfsecond.avdl; an absent one could not be measured.
public sealed interface Result {
  /// Identifies a connection within one boot: pids are reused, a pid with its start time is not.
  ///
  /// @param bornNanos when the monitor was forked; without kernel events, when its first line was
  ///   logged
  /// @param writtenAt the time that the log gives its first line, in nanoseconds of the log's
  ///   clock; empty if it is known from the kernel
  record ConnectionKey(int monitorPid, long bornNanos, OptionalLong writtenAt) {
    /// Of a connection that the kernel has shown.
    public ConnectionKey(int monitorPid, long bornNanos) {
      this(monitorPid, bornNanos, OptionalLong.empty());
    }

    /// Whether it is known from the log alone.
    public boolean logOnly() {
      return writtenAt.isPresent();
    }
  }

  /// Authentication is decided: the first result of every connection, except for one that was
  /// authenticated when it was found.
  ///
  /// @param clientWaitNanos the part of startup that was spent waiting for this client
  /// @param seenSinceNanos when a connection that is older was found; empty if it was seen from its
  ///   beginning
  record AuthenticationDecided(
      ConnectionKey key,
      long decidedAtNanos,
      String executable,
      Login login,
      Timing startup,
      OptionalLong clientWaitNanos,
      Timing preauth,
      Evidence evidence,
      boolean complete,
      Optional<ProbeTag> probe,
      OptionalLong seenSinceNanos)
      implements Result {}

  /// The connection's processes have ended: its second and last result. There is none for a
  /// connection of log lines.
  ///
  /// @param sessionNanos from authentication to the end; absent if authentication failed
  /// @param totalCpuNanos absent if the account of a process is missing
  /// @param sessions how many were opened
  /// @param opened the first of them
  /// @param seenSinceNanos as in [AuthenticationDecided]
  record ConnectionEnded(
      ConnectionKey key,
      long endedAtNanos,
      String executable,
      Login login,
      OptionalLong sessionNanos,
      List<PhaseUsage> cpu,
      OptionalLong totalCpuNanos,
      int sessions,
      List<OpenedSession> opened,
      Evidence evidence,
      boolean complete,
      long lostEvents,
      Optional<ProbeTag> probe,
      OptionalLong seenSinceNanos)
      implements Result {}

  /// A round of the active probe, with the kernel's figures of the connection that was followed to
  /// its end.
  ///
  /// @param round when it began, which identifies it
  /// @param startup by the kernel; unknown if the connection was not recognised with certainty
  /// @param greeter the process that sent the server's identification
  /// @param greetedNanos from the fork of the monitor until the kernel shows that the greeter was
  ///   about to, or just had
  record Probed(
      long round,
      long endedAtNanos,
      ProbeRound seen,
      Timing startup,
      Role greeter,
      OptionalLong greetedNanos)
      implements Result {}

  /// A shell, command or subsystem of a connection.
  ///
  /// @param endedAtNanos when its first process ended; absent if that was not seen
  /// @param programs by name, how often each was started, in the order of the first starts. A name
  ///   is an absolute path in clear, or without a slash the kernel's name of a program whose path
  ///   is not known
  /// @param furtherStarts starts of programs that are not among them
  /// @param complete whether every start is counted
  record OpenedSession(
      long startedAtNanos,
      OptionalLong endedAtNanos,
      Map<String, Integer> programs,
      long furtherStarts,
      boolean complete) {
    @Override
    public String toString() {
      return "OpenedSession[programs=%d, furtherStarts=%d, complete=%s]"
          .formatted(programs.size(), furtherStarts, complete);
    }
  }

  /// A mark on a connection of the active probe.
  ///
  /// @param round when the round began
  /// @param port the client's
  /// @param certain false if it may be somebody's login
  record ProbeTag(long round, int port, boolean certain) {}

  /// Who tried to log in, how, and the outcome. Name, address and key are in clear, so
  /// [#toString()] omits them.
  ///
  /// @param key the fingerprint of the public key that was accepted, as logged
  record Login(
      Outcome outcome,
      Method method,
      UserClass userClass,
      Optional<String> user,
      Optional<String> address,
      Optional<String> key) {
    /// Without a key.
    public Login(
        Outcome outcome,
        Method method,
        UserClass userClass,
        Optional<String> user,
        Optional<String> address) {
      this(outcome, method, userClass, user, address, Optional.empty());
    }

    @Override
    public String toString() {
      return "Login[outcome=%s, method=%s, userClass=%s]".formatted(outcome, method, userClass);
    }
  }

  /// The figures of one phase.
  record Timing(
      OptionalLong wallNanos,
      OptionalLong cpuNanos,
      OptionalLong runQueueNanos,
      OptionalLong minorFaults) {
    static final Timing UNKNOWN =
        new Timing(
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  /// What the processes of one role used in one phase.
  record PhaseUsage(Role role, Phase phase, Usage usage) {}
}
