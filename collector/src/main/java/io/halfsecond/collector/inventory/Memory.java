package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The files that a process has mapped to execute.
///
/// @param program the one that it executes
/// @param mappings in the order of their addresses
record Memory(String program, List<Mapping> mappings) {
  private static final String DELETED = " (deleted)";

  Memory {
    mappings = List.copyOf(mappings);
  }

  /// @param process in /proc
  /// @return empty if it is gone, or its memory is not to be seen
  static Optional<Memory> of(Path process) {
    try {
      // The longer one first: what ends in between is not looked at at all.
      var maps = new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.UTF_8);
      var program = Files.readSymbolicLink(process.resolve("exe")).toString();
      var mappings = Mapping.executable(maps);
      return mappings.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Memory(
                  program.endsWith(DELETED)
                      ? program.substring(0, program.length() - DELETED.length())
                      : program,
                  mappings));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Whatever the addresses, which no two processes have in common.
  Set<Mapping.Mapped> files() {
    return mappings.stream().map(Mapping::file).collect(Collectors.toSet());
  }

  boolean executes(Mapping mapping) {
    return mapping.path().equals(program);
  }
}
