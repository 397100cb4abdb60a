package io.halfsecond.collector.assembly;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.Usage;
import java.util.Optional;

/// One process of a connection, from its fork to its account.
final class SshdProcess {
  /// The part it plays.
  enum Part {
    MONITOR,
    /** Any child of the monitor until it shows what it is. */
    HELPER,
    /** N: the monitor's first child whose uid became the privsep user. */
    PREAUTH,
    /** U: a later child whose uid became the user's. */
    USER,
    /** A user's shell, command or subsystem. Its cost is not sshd's. */
    SESSION
  }

  /// @param status empty if the process was found gone and its exit never seen
  /// @param parentUsage what its parent had used by then
  record Exit(long atNanos, Optional<ExitStatus> status, Optional<Usage> parentUsage) {}

  final Connection connection;
  final int pid;
  final long forkedAtNanos;

  /// What its parent had used when it was forked.
  final Optional<Usage> parentUsage;

  Part part;
  boolean sessionLeader;

  /// Whether it runs another program than sshd's.
  boolean executedOther;

  Optional<Exit> exit = Optional.empty();

  /// Of its whole life.
  Optional<Usage> account = Optional.empty();

  SshdProcess(
      Connection connection, int pid, long forkedAtNanos, Optional<Usage> parentUsage, Part part) {
    this.connection = connection;
    this.pid = pid;
    this.forkedAtNanos = forkedAtNanos;
    this.parentUsage = parentUsage;
    this.part = part;
  }

  boolean exited() {
    return exit.isPresent();
  }

  Optional<ExitStatus> status() {
    return exit.flatMap(Exit::status);
  }

  /// Whether no more will be learned of it: it has exited, and is accounted for or the grace is
  /// over.
  boolean settled(long now, long grace) {
    return exit.isPresent() && (account.isPresent() || now >= exit.get().atNanos() + grace);
  }

  /// Whether a line that it logs is sshd's own. A helper may have become any program, and so has a
  /// session.
  boolean trustedToLog() {
    return part == Part.MONITOR
        || part == Part.PREAUTH
        || part == Part.USER
        || (part == Part.HELPER && !executedOther);
  }
}
