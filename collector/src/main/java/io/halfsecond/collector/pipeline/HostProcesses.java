package io.halfsecond.collector.pipeline;

import io.halfsecond.collector.linux.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// What the assembler needs to know about the processes of this host.
public final class HostProcesses {
  private HostProcesses() {}

  /// The uid of an account in passwd(5).
  public static Optional<Integer> uid(Path passwd, String account) {
    try (var lines = Files.lines(passwd)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(
              fields ->
                  fields.length > 2 && fields[0].equals(account) && fields[2].matches("\\d{1,9}"))
          .map(fields -> Integer.valueOf(fields[2]))
          .findFirst();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The pids in /proc; empty if it cannot be listed.
  public static Optional<Set<Integer>> pids(Path proc) {
    try {
      return Optional.of(Set.copyOf(Proc.pids(proc)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
