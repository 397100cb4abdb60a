package io.halfsecond.collector.inventory;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Finds what the loader would load into a program (ld.so(8); elf/dl-load.c of glibc 2.36).
///
/// `$LIB` and `$PLATFORM` in RPATH and RUNPATH mean what glibc was built for: directories with them
/// are passed over, as are those relative to wherever the program is started.
///
/// @param libraryPath directories of LD_LIBRARY_PATH
/// @param watched is told of every file that was looked at
/// @param read what a file says of itself
record Resolver(
    LoaderCache cache,
    List<String> libraryPath,
    Watched watched,
    Function<Sighting, ElfObject> read) {

  /// An object, where it was found, and the one that needed it first.
  private record Loaded(Sighting sighting, ElfObject elf, String origin, Optional<Loaded> loader) {
    /// RPATH of the object and of those it was loaded for. An object with a RUNPATH has none, and
    /// what it needs is not looked for in that of others.
    List<String> rpath() {
      return elf.runpath().isEmpty()
          ? Stream.iterate(
                  Optional.of(this), Optional::isPresent, each -> each.flatMap(Loaded::loader))
              .flatMap(Optional::stream)
              .filter(each -> each.elf.runpath().isEmpty())
              .flatMap(each -> each.directories(each.elf.rpath()))
              .toList()
          : List.of();
    }

    List<String> runpath() {
      return directories(elf.runpath()).toList();
    }

    private Stream<String> directories(List<String> path) {
      return path.stream()
          .map(directory -> directory.replace("${ORIGIN}", origin).replace("$ORIGIN", origin))
          .filter(directory -> directory.startsWith("/") && !directory.contains("$"));
    }
  }

  /// The programs and all that they need.
  List<Sighting> resolve(List<Path> programs) {
    Map<String, Sighting> found = new LinkedHashMap<>();
    for (var program : programs) {
      resolve(program).forEach(sighting -> found.putIfAbsent(sighting.path(), sighting));
    }
    return List.copyOf(found.values());
  }

  private List<Sighting> resolve(Path program) {
    var found = new ArrayList<Sighting>();
    var names = new HashSet<String>();
    var next = new ArrayDeque<Loaded>();
    Sighting.at(program, true, watched)
        .map(
            sighting ->
                new Loaded(
                    sighting, read.apply(sighting), parent(sighting.path()), Optional.empty()))
        .ifPresent(next::add);
    for (var object = next.poll(); object != null; object = next.poll()) {
      if (!names.add(object.sighting().path())) {
        continue;
      }
      found.add(object.sighting());
      names.add(object.elf().soname());
      for (var needed : object.elf().needed()) {
        // What is loaded under the name already serves all.
        if (names.add(needed)) {
          find(needed, object).ifPresent(next::add);
        }
      }
    }
    return found;
  }

  private Optional<Loaded> find(String needed, Loaded by) {
    return cache
        .find(needed, by.rpath(), libraryPath, by.runpath(), path -> library(path, by).isPresent())
        .flatMap(path -> library(path, by));
  }

  private Optional<Loaded> library(String path, Loaded by) {
    return HostFiles.path(path)
        .flatMap(file -> Sighting.at(file, false, watched))
        .map(sighting -> new Loaded(sighting, read.apply(sighting), parent(path), Optional.of(by)))
        .filter(library -> library.elf().wide() == by.elf().wide());
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
