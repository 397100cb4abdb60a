package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.Usage;
import java.util.Optional;

/// One message of the generic netlink family TASKSTATS, or of the controller that names it.
public sealed interface TaskstatsMessage {
  /// The number that the kernel gave to the family.
  record Family(int id) implements TaskstatsMessage {}

  /// The answer to a request.
  ///
  /// @param error 0 if granted, else an error number
  record Answer(int sequence, int error) implements TaskstatsMessage {}

  /// A thread ended.
  ///
  /// @param version of `struct taskstats`
  /// @param pid the thread
  /// @param tgid its process; 0 if the version (before 12) does not tell
  /// @param ending what ended with it
  /// @param usage the thread's own
  /// @param group the CPU and run-queue time of the whole process, if it had several threads and
  ///   this was the last of them; its `minorFaults` are 0, because the kernel does not add them up
  record TaskExit(int version, int pid, int tgid, Ending ending, Usage usage, Optional<Usage> group)
      implements TaskstatsMessage {}

  /// What ended with a thread.
  enum Ending {
    THREAD,
    PROCESS,
    /** The version (before 12) does not tell, and no totals of a group came along. */
    UNKNOWN
  }

  /// Well formed, but no account of a process: other controller messages.
  record Other() implements TaskstatsMessage {}

  record Malformed(String reason) implements TaskstatsMessage {}
}
