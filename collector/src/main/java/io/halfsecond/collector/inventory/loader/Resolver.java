package io.halfsecond.collector.inventory.loader;

import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.process.LocatedFile;
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

/// Finds the libraries that the loader would load into a program (ld.so(8); elf/dl-load.c of glibc
/// 2.36).
///
/// The meaning of `$LIB` and `$PLATFORM` in RPATH and RUNPATH depends on how glibc was built:
/// directories with them are skipped, and so are relative ones.
///
/// @param libraryPath directories of LD_LIBRARY_PATH
/// @param dependencies records every file that was inspected
/// @param read what a file says about itself
public record Resolver(
    LoaderCache cache,
    List<String> libraryPath,
    FileDependencies dependencies,
    Function<LocatedFile, ElfObject> read) {

  /// An object, where it was found, and the object that needed it first.
  private record Loaded(LocatedFile file, ElfObject elf, String origin, Optional<Loaded> loader) {
    /// RPATH of the object and of those that it was loaded for. An object with a RUNPATH has no
    /// RPATH, and its dependencies are not searched in the RPATH of others.
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

  /// The programs and all libraries that they need.
  public List<LocatedFile> resolve(List<Path> programs) {
    Map<String, LocatedFile> found = new LinkedHashMap<>();
    for (var program : programs) {
      resolve(program).forEach(file -> found.putIfAbsent(file.path(), file));
    }
    return List.copyOf(found.values());
  }

  private List<LocatedFile> resolve(Path program) {
    var found = new ArrayList<LocatedFile>();
    var names = new HashSet<String>();
    var next = new ArrayDeque<Loaded>();
    LocatedFile.at(program, true, dependencies)
        .map(file -> new Loaded(file, read.apply(file), parent(file.path()), Optional.empty()))
        .ifPresent(next::add);
    for (var object = next.poll(); object != null; object = next.poll()) {
      if (!names.add(object.file().path())) {
        continue;
      }
      found.add(object.file());
      names.add(object.elf().soname());
      for (var needed : object.elf().needed()) {
        // An object that is already loaded under the name serves all.
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
        .flatMap(file -> LocatedFile.at(file, false, dependencies))
        .map(file -> new Loaded(file, read.apply(file), parent(path), Optional.of(by)))
        .filter(library -> library.elf().wide() == by.elf().wide());
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
