package io.halfsecond.collector.inventory.host;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The files that an inspection depends on, each as it was when the inspection first asked: a file
/// that changes during the inspection counts as changed afterwards.
public final class FileDependencies {
  private final Map<Path, Optional<Stat>> files = new LinkedHashMap<>();

  /// The result of stat(2) at the first call for this file; empty if there is no such file, or it
  /// may not be accessed.
  public Optional<Stat> stat(Path file) {
    return files.computeIfAbsent(file, HostFiles::stat);
  }

  /// Whether any file has changed, appeared or disappeared.
  public boolean changed() {
    return files.entrySet().stream()
        .anyMatch(file -> !HostFiles.stat(file.getKey()).equals(file.getValue()));
  }

  /// Whether any file was replaced. A new link to a file is a change but no replacement.
  public boolean replaced() {
    return files.entrySet().stream()
        .anyMatch(
            file ->
                !HostFiles.stat(file.getKey())
                    .map(Stat::identity)
                    .equals(file.getValue().map(Stat::identity)));
  }
}
