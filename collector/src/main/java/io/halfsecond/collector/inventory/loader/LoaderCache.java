package io.halfsecond.collector.inventory.loader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds a library as the loader does (ld.so(8)): by its path, in RPATH, in LD_LIBRARY_PATH, in
/// RUNPATH, in its cache, in the default directories.
///
/// @param paths by name, in the loader's order; a name may have paths for several architectures
public record LoaderCache(Map<String, List<String>> paths) {
  /// ` libz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1`
  private static final Pattern LINE = Pattern.compile("\\s+(\\S+) \\([^)]*\\) => (/.*)");

  private static final List<String> DEFAULT_DIRECTORIES =
      List.of("/lib64", "/usr/lib64", "/lib", "/usr/lib");

  public LoaderCache {
    paths = Map.copyOf(paths);
  }

  /// @param printed by `ldconfig -p`
  static LoaderCache parse(String printed) {
    var paths = new HashMap<String, List<String>>();
    printed
        .lines()
        .map(LINE::matcher)
        .filter(line -> line.matches())
        .forEach(
            line ->
                paths.computeIfAbsent(line.group(1), _ -> new ArrayList<>()).add(line.group(2)));
    return new LoaderCache(paths);
  }

  /// @param name as in DT_NEEDED
  /// @param rpath directories of DT_RPATH that are in force
  /// @param libraryPath directories of LD_LIBRARY_PATH
  /// @param runpath directories of DT_RUNPATH of the object that needs it
  /// @param suitable whether the loader would take the library at a path
  Optional<String> find(
      String name,
      List<String> rpath,
      List<String> libraryPath,
      List<String> runpath,
      Predicate<String> suitable) {
    if (name.contains("/")) {
      return Optional.of(name).filter(path -> path.startsWith("/")).filter(suitable);
    }
    return Stream.of(
            in(rpath, name),
            in(libraryPath, name),
            in(runpath, name),
            paths.getOrDefault(name, List.of()).stream(),
            in(DEFAULT_DIRECTORIES, name))
        .flatMap(path -> path)
        .filter(suitable)
        .findFirst();
  }

  private static Stream<String> in(List<String> directories, String name) {
    return directories.stream().map(directory -> directory + "/" + name);
  }
}
