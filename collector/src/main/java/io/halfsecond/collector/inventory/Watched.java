package io.halfsecond.collector.inventory;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The files that a look depends on, each as it was when the look first asked: what changes while
/// the look goes on is found moved after it.
final class Watched {
  private final Map<Path, Optional<Stat>> files = new LinkedHashMap<>();

  /// stat(2) as of the first time it was asked for; empty if there is no such file, or it may not
  /// be looked at.
  Optional<Stat> stat(Path file) {
    return files.computeIfAbsent(file, HostFiles::stat);
  }

  /// Whether any is another now, or is there and was not, or was and is not.
  boolean moved() {
    return files.entrySet().stream()
        .anyMatch(file -> !HostFiles.stat(file.getKey()).equals(file.getValue()));
  }

  /// Whether any has another identity now: a new link to a file is no new file.
  boolean replaced() {
    return files.entrySet().stream()
        .anyMatch(
            file ->
                !HostFiles.stat(file.getKey())
                    .map(Stat::identity)
                    .equals(file.getValue().map(Stat::identity)));
  }
}
