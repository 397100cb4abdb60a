package io.halfsecond.collector.inventory.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The executable files that a process has mapped.
///
/// @param program the one that it executes
/// @param mappings in the order of their addresses
public record ExecutableMappings(String program, List<Mapping> mappings) {
  private static final String DELETED = " (deleted)";

  public ExecutableMappings {
    mappings = List.copyOf(mappings);
  }

  /// @param process in /proc
  /// @return empty if it has ended, or its memory map may not be read
  public static Optional<ExecutableMappings> of(Path process) {
    try {
      // The longer read first: a process that ends in between is not inspected at all.
      var maps = new String(Files.readAllBytes(process.resolve("maps")), StandardCharsets.UTF_8);
      var program = Files.readSymbolicLink(process.resolve("exe")).toString();
      var mappings = Mapping.executable(maps);
      return mappings.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new ExecutableMappings(
                  program.endsWith(DELETED)
                      ? program.substring(0, program.length() - DELETED.length())
                      : program,
                  mappings));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Without the addresses, which differ between processes.
  Set<Mapping.MappedFile> files() {
    return mappings.stream().map(Mapping::file).collect(Collectors.toSet());
  }

  public boolean executes(Mapping mapping) {
    return mapping.path().equals(program);
  }
}
