package io.halfsecond.collector.inventory;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// One program in one process: which, and what tells it from the process's next one
/// (proc_pid_stat(5)).
///
/// @param startedAfterBoot when the process was started, in steps of 10 ms rounded down
/// @param code address of its program
/// @param stack address of its stack. Both are drawn anew when a process executes a program, and
///   are the same for all processes of others to whom may not see them
record Incarnation(int pid, Duration startedAfterBoot, String code, String stack) {
  /// USER_HZ is 100 on every architecture that OpenJDK 25 runs on.
  private static final Duration TICK = Duration.ofMillis(10);

  private static final Set<String> ENDED = Set.of("Z", "X");

  /// Places in /proc/PID/stat after the name, from the state on, which is the third of all fields.
  private static final int START_TIME = 22 - 3;

  private static final int START_CODE = 26 - 3;
  private static final int START_STACK = 28 - 3;

  /// Of a process that has ended and was not waited for, there is none.
  ///
  /// @param stat text of /proc/PID/stat
  static Optional<Incarnation> parse(int pid, String stat) {
    var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    try {
      return fields.length > START_STACK && !ENDED.contains(fields[0])
          ? Optional.of(
              new Incarnation(
                  pid,
                  TICK.multipliedBy(Long.parseLong(fields[START_TIME])),
                  fields[START_CODE],
                  fields[START_STACK]))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
