package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.Chains.Link;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a monitor had in memory when it forked its preauth child, as far as it is the same for all
/// monitors of one listener: what the loader gave it (its program, what is preloaded, and what
/// these need), what its listener has too, and what is not the file at its path. The rest, NSS and
/// PAM modules above all, a monitor opens when it comes to that, for one client and not for the
/// next; a sample that is a little late has some of it.
///
/// @param listener of which it is, or is taken to be
/// @param kept by what the mapping says
/// @param leftOut what any such monitor had and was not kept
/// @param files what the sightings depend on
record MonitorMemory(
    Incarnation process,
    Optional<Incarnation> listener,
    Map<Mapping.Mapped, Sighting> kept,
    Set<Mapping.Mapped> leftOut,
    Watched files) {

  MonitorMemory {
    leftOut = Set.copyOf(leftOut);
  }

  /// Whether another monitor has the same.
  boolean sameAs(Memory memory) {
    var files = new HashSet<>(memory.files());
    files.removeAll(leftOut);
    return files.equals(kept.keySet());
  }

  /// Whether it still says what the listener's next monitor will have.
  boolean holdsFor(Optional<Incarnation> now) {
    return listener.equals(now) && !files.replaced();
  }

  MonitorMemory of(Incarnation another) {
    return new MonitorMemory(another, listener, kept, leftOut, files);
  }

  /// Finds a monitor's files; reads none.
  ///
  /// @param process in /proc
  /// @param listener in /proc; empty if there is none
  /// @return empty if a file cannot be told any more, because the monitor has ended
  static Optional<Map<Mapping.Mapped, Sighting>> find(
      Memory memory, Path process, Optional<Path> listener, Watched files) {
    var found = new LinkedHashMap<Mapping.Mapped, Sighting>();
    for (var mapping : memory.mappings()) {
      found.put(
          mapping.file(),
          Sighting.ofMonitor(mapping, memory.executes(mapping), process, listener, files));
    }
    return found.values().stream().allMatch(sighting -> sighting.readable().isPresent())
        ? Optional.of(found)
        : Optional.empty();
  }

  /// Those of a monitor's files that are kept.
  ///
  /// @param links of all of them
  /// @param preloaded words of /etc/ld.so.preload
  /// @param ofListener what the listener has
  static Map<Mapping.Mapped, Sighting> keep(
      Map<Mapping.Mapped, Sighting> found,
      List<Link> links,
      List<String> preloaded,
      Set<Mapping.Mapped> ofListener) {
    var pathsOfListener = ofListener.stream().map(Mapping.Mapped::path).collect(Collectors.toSet());
    var roots =
        Stream.concat(
                found.values().stream().filter(Sighting::executable).map(Sighting::path),
                links.stream()
                    .filter(link -> preloaded.stream().anyMatch(link::answersTo))
                    .map(Link::path))
            .toList();
    var reached = new HashSet<>(Chains.of(roots, links).keySet());
    var kept = new LinkedHashMap<Mapping.Mapped, Sighting>();
    found.forEach(
        (file, sighting) -> {
          if (reached.contains(file.path())
              || pathsOfListener.contains(file.path())
              || sighting.differsFromPath()) {
            kept.put(file, sighting);
          }
        });
    return kept;
  }
}
