package io.halfsecond.deploy.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A host's files, as the checks need them; in tests a directory.
///
/// @param root `/` of the host
public record Host(Path root) {
  public static Host here() {
    return new Host(Path.of("/"));
  }

  boolean isThisHost() {
    return equals(here());
  }

  Path path(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /// A small file's text; empty if it is missing or not readable.
  Optional<String> read(String absolute) {
    try {
      return Optional.of(Files.readString(path(absolute)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Names in a directory; none if it cannot be listed.
  List<String> list(String absolute) {
    try (var files = Files.list(path(absolute))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException | UncheckedIOException _) {
      return List.of();
    }
  }
}
