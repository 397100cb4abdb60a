package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.util.Optional;

/// One process of a connection, from its fork to its account.
final class TrackedProcess {
  /// The part that a process plays in its connection.
  enum Part {
    MONITOR,
    /** Any child of the monitor until an event shows another part. */
    HELPER,
    /** A descendant of a helper. */
    HELPER_CHILD,
    /** N: the monitor's first child whose uid became the privsep user. */
    PREAUTH,
    /**
     * A child that was forked after authentication: U, unless it executes another program, leads a
     * session, or another child turns out to be U.
     */
    CANDIDATE,
    /** U: a later child that the session belongs to. */
    USER,
    /** A user's shell, command or subsystem. Its cost is not sshd's. */
    SESSION
  }

  /// @param status empty if the process was found gone and its exit was not seen
  /// @param parentUsage what its parent had used by then
  record Termination(long atNanos, Optional<ExitStatus> status, Optional<Usage> parentUsage) {}

  /// @param usage what the process itself had used by then
  record Demotion(long atNanos, Optional<Usage> usage) {}

  final Connection connection;

  /// Empty for the monitor.
  final Optional<TrackedProcess> parent;

  final int pid;
  final long forkedAtNanos;

  /// What its parent had used at the fork.
  final Optional<Usage> parentUsage;

  Part part;
  boolean sessionLeader;

  /// Whether it has executed a program.
  boolean executed;

  /// Whether it runs a program other than sshd's.
  boolean executedOther;

  /// When a preauth child dropped its privileges.
  Optional<Demotion> demotion = Optional.empty();

  Optional<Termination> exit = Optional.empty();

  /// What it used over its whole life.
  Optional<Usage> account = Optional.empty();

  /// A monitor.
  TrackedProcess(Connection connection, int pid, long forkedAtNanos) {
    this.connection = connection;
    this.parent = Optional.empty();
    this.pid = pid;
    this.forkedAtNanos = forkedAtNanos;
    this.parentUsage = Optional.empty();
    this.part = Part.MONITOR;
  }

  /// A child of a process of the connection.
  TrackedProcess(TrackedProcess parent, KernelEvent.Forked forked, Part part) {
    this(parent, forked.pid(), forked.atNanos(), forked.parentUsage(), part);
  }

  /// A child that was found.
  TrackedProcess(TrackedProcess parent, KernelEvent.FoundProcess found, Part part) {
    this(parent, found.pid(), found.startedNanos(), Optional.empty(), part);
    this.sessionLeader = found.leader();
    this.executedOther = !SshdPrograms.NAMES.contains(found.executable());
  }

  private TrackedProcess(
      TrackedProcess parent, int pid, long forkedAtNanos, Optional<Usage> parentUsage, Part part) {
    this.connection = parent.connection;
    this.parent = Optional.of(parent);
    this.pid = pid;
    this.forkedAtNanos = forkedAtNanos;
    this.parentUsage = parentUsage;
    this.part = part;
  }

  boolean exited() {
    return exit.isPresent();
  }

  /// @throws IllegalStateException if it has not exited
  long exitedAtNanos() {
    return exit.orElseThrow(() -> new IllegalStateException("has not exited")).atNanos();
  }

  Optional<ExitStatus> status() {
    return exit.flatMap(Termination::status);
  }

  /// Whether nothing more is expected of it: it has exited, and its account has come or is overdue.
  boolean settled(long now, long grace) {
    return exit.isPresent() && (account.isPresent() || now >= exit.get().atNanos() + grace);
  }

  /// Whether a line that it logs is sshd's own. A helper may have executed any program, and a
  /// session has.
  boolean trustedToLog() {
    return part == Part.MONITOR
        || part == Part.PREAUTH
        || part == Part.CANDIDATE
        || part == Part.USER
        || (part == Part.HELPER && !executedOther);
  }
}
