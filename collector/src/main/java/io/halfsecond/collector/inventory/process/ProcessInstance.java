package io.halfsecond.collector.inventory.process;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// One program that a process executes, and what distinguishes it from the next program that the
/// same process executes (proc_pid_stat(5)).
///
/// @param startedAfterBoot when the process was started, rounded down to 10 ms
/// @param executedAtNanos when it executed that program, on `CLOCK_MONOTONIC`; empty if it never
///   executed another, as far as was seen
/// @param code address of its program
/// @param stack address of its stack. Both addresses are random for each execution; for a reader
///   without the permission to see them they are constant
public record ProcessInstance(
    int pid, Duration startedAfterBoot, OptionalLong executedAtNanos, String code, String stack) {
  /// USER_HZ is 100 on every architecture that OpenJDK 25 runs on.
  private static final Duration TICK = Duration.ofMillis(10);

  private static final Set<String> ENDED = Set.of("Z", "X");

  /// Indexes in /proc/PID/stat, counted from the state, which follows the name as the third field.
  private static final int START_TIME = 22 - 3;

  private static final int START_CODE = 26 - 3;
  private static final int START_STACK = 28 - 3;

  /// Whether it is the same process, whatever it executes.
  boolean sameProcess(ProcessInstance other) {
    return pid == other.pid && startedAfterBoot.equals(other.startedAfterBoot);
  }

  /// Empty for a process that has ended and was not waited for.
  ///
  /// @param stat text of /proc/PID/stat
  public static Optional<ProcessInstance> parse(
      int pid, String stat, OptionalLong executedAtNanos) {
    var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    try {
      return fields.length > START_STACK && !ENDED.contains(fields[0])
          ? Optional.of(
              new ProcessInstance(
                  pid,
                  TICK.multipliedBy(Long.parseLong(fields[START_TIME])),
                  executedAtNanos,
                  fields[START_CODE],
                  fields[START_STACK]))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
