package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent.RanProgram;
import io.halfsecond.collector.event.Usage;
import java.util.Optional;

/// A message of the generic netlink family TASKSTATS, or of the generic netlink controller.
public sealed interface TaskstatsMessage {
  /// The number of the family.
  record Family(int id) implements TaskstatsMessage {}

  /// The answer to a request.
  ///
  /// @param error 0 if granted, else an error number
  record Answer(int sequence, int error) implements TaskstatsMessage {}

  /// The record of a thread that ended.
  ///
  /// @param version of `struct taskstats`
  /// @param pid the thread
  /// @param tgid its process; 0 before version 12, which lacks it
  /// @param ending what ended with it
  /// @param usage the thread's own
  /// @param group the CPU and run-queue time of the whole process, if it had several threads and
  ///   this was the last of them; its `minorFaults` are 0, because the kernel does not add them up
  /// @param ran empty before version 12, which lacks it
  record TaskExit(
      int version,
      int pid,
      int tgid,
      Ending ending,
      Usage usage,
      Optional<Usage> group,
      Optional<RanProgram> ran)
      implements TaskstatsMessage {}

  /// What ended with a thread.
  enum Ending {
    THREAD,
    PROCESS,
    /** Not known: before version 12, without totals of a group. */
    UNKNOWN
  }

  /// A well-formed message of another kind.
  record Other() implements TaskstatsMessage {}

  record Malformed(String reason) implements TaskstatsMessage {}
}
