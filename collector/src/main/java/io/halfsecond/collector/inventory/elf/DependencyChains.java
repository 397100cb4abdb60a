package io.halfsecond.collector.inventory.elf;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The dependencies between objects.
public final class DependencyChains {
  /// One object with its dependencies.
  public record Link(String path, ElfObject elf) {
    /// Whether the loader resolves the name to this object (ld.so(8)): by path, soname or file
    /// name.
    public boolean answersTo(String needed) {
      return needed.contains("/")
          ? path.equals(needed)
          : elf.soname().equals(needed) || path.endsWith("/" + needed);
    }
  }

  private DependencyChains() {}

  /// For each object that can be reached from a root, the paths from the root to the object that
  /// needs it. Of several chains the shortest counts, of equally short ones the first. That of a
  /// root is empty.
  public static Map<String, List<String>> of(List<String> roots, Collection<Link> links) {
    var byPath = new HashMap<String, Link>();
    links.forEach(link -> byPath.put(link.path(), link));
    var chains = new HashMap<String, List<String>>();
    var next = new ArrayDeque<String>();
    for (var root : roots) {
      if (byPath.containsKey(root) && chains.putIfAbsent(root, List.of()) == null) {
        next.add(root);
      }
    }
    for (var path = next.poll(); path != null; path = next.poll()) {
      var chain =
          Stream.concat(chains.getOrDefault(path, List.of()).stream(), Stream.of(path)).toList();
      var link = byPath.get(path);
      for (var needed : link == null ? List.<String>of() : link.elf().needed()) {
        links.stream()
            .filter(other -> other.answersTo(needed))
            .findFirst()
            .ifPresent(
                other -> {
                  if (chains.putIfAbsent(other.path(), chain) == null) {
                    next.add(other.path());
                  }
                });
      }
    }
    return Map.copyOf(chains);
  }
}
