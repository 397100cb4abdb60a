package io.halfsecond.collector.inventory;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Who needs whom.
final class Chains {
  /// One object with what it says it needs.
  record Link(String path, ElfObject elf) {
    /// Whether the loader takes this object for the name (ld.so(8)): its path, its soname, or the
    /// name of its file.
    boolean answersTo(String needed) {
      return needed.contains("/")
          ? path.equals(needed)
          : elf.soname().equals(needed) || path.endsWith("/" + needed);
    }
  }

  private Chains() {}

  /// Of each object that can be reached from a root the way there: paths from the root to the one
  /// that needs it, of several ways the shortest, of several as short the one named first. A root's
  /// way is empty.
  static Map<String, List<String>> of(List<String> roots, Collection<Link> links) {
    var byPath = new HashMap<String, Link>();
    links.forEach(link -> byPath.put(link.path(), link));
    var ways = new HashMap<String, List<String>>();
    var next = new ArrayDeque<String>();
    for (var root : roots) {
      if (byPath.containsKey(root) && ways.putIfAbsent(root, List.of()) == null) {
        next.add(root);
      }
    }
    for (var path = next.poll(); path != null; path = next.poll()) {
      var way =
          Stream.concat(ways.getOrDefault(path, List.of()).stream(), Stream.of(path)).toList();
      var link = byPath.get(path);
      for (var needed : link == null ? List.<String>of() : link.elf().needed()) {
        links.stream()
            .filter(other -> other.answersTo(needed))
            .findFirst()
            .ifPresent(
                other -> {
                  if (ways.putIfAbsent(other.path(), way) == null) {
                    next.add(other.path());
                  }
                });
      }
    }
    return Map.copyOf(ways);
  }
}
