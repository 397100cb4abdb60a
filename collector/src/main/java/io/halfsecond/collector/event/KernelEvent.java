package io.halfsecond.collector.event;

import java.util.List;
import java.util.Optional;

/// A kernel event about a process of sshd's tree. Pids are those of the initial namespace and stand
/// for whole processes (thread groups).
public sealed interface KernelEvent extends SshEvent {

  /// There is a listening sshd: found in /proc at the start or after a loss, or seen to start.
  ///
  /// @param executable the name of its program, for example `sshd`
  record ListenerFound(long atNanos, int pid, String executable) implements KernelEvent {}

  /// There is a connection whose processes were not all seen to fork: found in /proc at the start
  /// or after a loss.
  ///
  /// @param monitor its parent is a listener
  /// @param descendants the others that were not known; each after its parent
  record ConnectionFound(long atNanos, FoundProcess monitor, List<FoundProcess> descendants)
      implements KernelEvent {
    public ConnectionFound {
      descendants = List.copyOf(descendants);
    }
  }

  /// A process as /proc shows it.
  ///
  /// @param startedNanos when it was forked, in steps of 10 ms
  /// @param executable the name of its program
  /// @param leader whether it leads a session
  /// @param serving whether sshd has given it the title of a process that serves a session
  record FoundProcess(
      int parentPid,
      int pid,
      long startedNanos,
      String executable,
      int realUid,
      boolean leader,
      boolean serving) {
    /// Start times of one process differ by no more: /proc has them in steps of 10 ms, on another
    /// clock than the events.
    public static final long SAME_START_NANOS = 1_000_000_000L;

    /// Whether a process of this pid that started then is the same one.
    public boolean isSameStart(long nanos) {
      return Math.abs(startedNanos - nanos) <= SAME_START_NANOS;
    }
  }

  /// A process of the tree was forked.
  ///
  /// @param parentUsage what the parent had used by then; empty if /proc was read too late or the
  ///   parent is a listener
  record Forked(long atNanos, int parentPid, int pid, Optional<Usage> parentUsage)
      implements KernelEvent {}

  /// A process executed a program.
  ///
  /// @param executable name of the new program (the kernel's comm, at most 15 characters); empty if
  ///   the process was gone before it could be read
  /// @param program the program itself; empty for a monitor's, or if it could not be read in time
  record Executed(long atNanos, int pid, String executable, Optional<Program> program)
      implements KernelEvent {
    /// Of a program that was not looked at.
    public Executed(long atNanos, int pid, String executable) {
      this(atNanos, pid, executable, Optional.empty());
    }
  }

  /// What the environment that sshd was executed with tells the dynamic loader (ld.so(8)); given
  /// out for each listener once, and when it is another.
  ///
  /// @param pid the listener's, or that of the super-server
  /// @param loader assignments, as in `LD_PRELOAD=FILE`, in the order of the environment
  record EnvironmentSeen(long atNanos, int pid, List<String> loader) implements KernelEvent {
    public EnvironmentSeen {
      loader = List.copyOf(loader);
    }
  }

  /// A program that a process executes, as /proc shows it.
  ///
  /// @param path as the kernel names it, with its mark of a deleted file
  /// @param device as stat(2) returns it
  /// @param realUid of the process
  /// @param script the process's first argument if that is an absolute path: what an interpreter
  ///   runs. It may name a user, so it is never told
  record Program(String path, long device, long inode, int realUid, Optional<String> script) {
    @Override
    public String toString() {
      return "Program[path=%s, inode=%d, realUid=%d]".formatted(path, inode, realUid);
    }
  }

  /// A process changed its user id.
  ///
  /// @param usage what the process had used by then; empty if /proc was read too late or the
  ///   process is no child of a monitor
  record UserChanged(long atNanos, int pid, int realUid, int effectiveUid, Optional<Usage> usage)
      implements KernelEvent {}

  /// A process became a session leader.
  record SessionLed(long atNanos, int pid) implements KernelEvent {}

  /// A process ended.
  ///
  /// @param status as wait(2) gives it
  /// @param parentPid its parent when it ended: 1 if the original parent had exited before
  /// @param parentUsage what the parent had used by then; empty if the parent was gone or /proc was
  ///   read too late
  record Exited(
      long atNanos, int pid, int parentPid, ExitStatus status, Optional<Usage> parentUsage)
      implements KernelEvent {}

  /// A process of a session executed a program.
  ///
  /// @param leaderPid the session's first process, which leads it
  /// @param name the program's path as the kernel names it; without a slash its comm
  /// @param counted whether it is among the starts that a [ProgramsCounted] tells, before or after:
  ///   its name was learnt late
  record ProgramStarted(long atNanos, int monitorPid, int leaderPid, String name, boolean counted)
      implements KernelEvent {
    @Override
    public String toString() {
      return "ProgramStarted[atNanos=%d, monitorPid=%d, leaderPid=%d]"
          .formatted(atNanos, monitorPid, leaderPid);
    }
  }

  /// The programs of a session that were counted and not named: once nothing of it runs any more,
  /// or the process that serves it ends.
  ///
  /// @param starts of programs without a [ProgramStarted]
  /// @param complete whether every process of the session was followed
  record ProgramsCounted(long atNanos, int monitorPid, int leaderPid, long starts, boolean complete)
      implements KernelEvent {}

  /// The kernel's account of a process, made at its exit. It arrives on another socket than
  /// [Exited], before or after it.
  ///
  /// @param ran the program that it executed last; empty if the kernel does not tell it
  record Accounted(long atNanos, int pid, Usage usage, Optional<RanProgram> ran)
      implements KernelEvent {
    /// Of a kernel that does not tell the program.
    public Accounted(long atNanos, int pid, Usage usage) {
      this(atNanos, pid, usage, Optional.empty());
    }
  }

  /// A program that a process executed, as the kernel's account has it: without a path.
  ///
  /// @param name the kernel's comm, at most 15 characters
  /// @param device as stat(2) returns it on most file systems; that of btrfs and overlayfs differs
  /// @param realUid at the end of the process
  record RanProgram(String name, long device, long inode, int realUid) {}

  /// Events were lost: since `sinceNanos` any process may have forked or exited unseen.
  ///
  /// @param count the exact number of messages that the kernel dropped; 0 if it is not known
  record Lost(long atNanos, long sinceNanos, long count) implements KernelEvent {}
}
