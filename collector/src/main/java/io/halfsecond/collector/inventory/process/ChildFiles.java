package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.inventory.elf.DependencyChains;
import io.halfsecond.collector.inventory.elf.DependencyChains.Link;
import io.halfsecond.collector.inventory.host.FileDependencies;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files that a process of a connection had mapped when its loader was done, as far as they are
/// the same for all processes of its kind under one listener: those that the loader mapped (its
/// program, the preloaded libraries, and what these need), those that its listener has too, and
/// those that are not the file at their path. The others, mostly NSS and PAM modules, are opened
/// later and not for every client; a sample that is a little late has some of them.
///
/// @param listener the listener that it belongs to
/// @param kept by mapped file
/// @param leftOut what any such process had mapped and was not kept
/// @param files what the result depends on
public record ChildFiles(
    ProcessInstance process,
    Optional<ProcessInstance> listener,
    Map<Mapping.MappedFile, LocatedFile> kept,
    Set<Mapping.MappedFile> leftOut,
    FileDependencies files) {

  public ChildFiles {
    leftOut = Set.copyOf(leftOut);
  }

  /// Whether another process of its kind has the same files.
  public boolean sameAs(ExecutableMappings memory) {
    var files = new HashSet<>(memory.files());
    files.removeAll(leftOut);
    return files.equals(kept.keySet());
  }

  /// Whether the next one under this listener will have the same files, as far as is known.
  public boolean isValidFor(Optional<ProcessInstance> now) {
    return listener.equals(now) && !files.replaced();
  }

  public ChildFiles of(ProcessInstance another) {
    return new ChildFiles(another, listener, kept, leftOut, files);
  }

  /// Locates the files without reading them.
  ///
  /// @param kind of the process
  /// @param process directory in /proc
  /// @param listener directory in /proc; empty if there is none
  /// @return empty if a file cannot be identified any more, because the process has ended
  public static Optional<Map<Mapping.MappedFile, LocatedFile>> locate(
      MappedIn kind,
      ExecutableMappings memory,
      Path process,
      Optional<Path> listener,
      FileDependencies files) {
    var found = new LinkedHashMap<Mapping.MappedFile, LocatedFile>();
    for (var mapping : memory.mappings()) {
      found.put(
          mapping.file(),
          LocatedFile.ofChild(mapping, kind, memory.executes(mapping), process, listener, files));
    }
    return found.values().stream().allMatch(file -> file.readable().isPresent())
        ? Optional.of(found)
        : Optional.empty();
  }

  /// Selects the files to keep.
  ///
  /// @param links of all of them
  /// @param preloaded words of /etc/ld.so.preload
  /// @param ofListener files of the listener
  public static Map<Mapping.MappedFile, LocatedFile> keep(
      Map<Mapping.MappedFile, LocatedFile> found,
      List<Link> links,
      List<String> preloaded,
      Set<Mapping.MappedFile> ofListener) {
    var pathsOfListener =
        ofListener.stream().map(Mapping.MappedFile::path).collect(Collectors.toSet());
    var roots =
        Stream.concat(
                found.values().stream().filter(LocatedFile::executable).map(LocatedFile::path),
                links.stream()
                    .filter(link -> preloaded.stream().anyMatch(link::answersTo))
                    .map(Link::path))
            .toList();
    var reached = new HashSet<>(DependencyChains.of(roots, links).keySet());
    var kept = new LinkedHashMap<Mapping.MappedFile, LocatedFile>();
    found.forEach(
        (mapped, file) -> {
          if (reached.contains(mapped.path())
              || pathsOfListener.contains(mapped.path())
              || file.differsFromPath()) {
            kept.put(mapped, file);
          }
        });
    return kept;
  }
}
