package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// A file of sshd's, found and not yet read.
///
/// @param readable where it can be opened; empty if nowhere
/// @param differsFromPath whether the file at the path is another
record Sighting(String path, FileIdentity identity, Optional<Path> readable, boolean executable,
  boolean mapped, boolean differsFromPath) {

  /// Finds the file that a process has mapped. /proc/PID/map_files leads to it wherever it is now (CAP_CHECKPOINT_RESTORE);
  /// else its name as the process sees it (CAP_SYS_PTRACE), else as this process does, if that is the same file.
  ///
  /// @param process the process in /proc
  static Sighting of(Mapping mapping, Path process, boolean executable) {
    var path = HostFiles.path(mapping.path());
    var atPath = path.flatMap(HostFiles::identity);
    var mapFiles = process.resolve("map_files");
    var places = Stream.concat(Stream.of(mapFiles.resolve(mapping.range())),
      mapping.deleted()
        ? Stream.empty()
        : path.stream().flatMap(
          name -> Stream.of(process.resolve("root").resolve(Path.of("/").relativize(name)), name)));
    for (var place : places.toList()) {
      var identity = HostFiles.identity(place);
      if (identity.isPresent()
        && (place.startsWith(mapFiles)
          || isMapped(identity.get(), mapping, path.equals(Optional.of(place))))) {
        return new Sighting(mapping.path(), identity.get(), Optional.of(place), executable, true,
          mapping.deleted() || atPath.filter(identity.get()::sameFile).isEmpty());
      }
    }
    var unseen = FileIdentity.unseen(mapping.device(), mapping.inode());
    return new Sighting(mapping.path(), unseen, Optional.empty(), executable, true,
      mapping.deleted() || atPath.filter(unseen::sameFile).isEmpty());
  }

  /// A mapping has the file system's device, stat(2) on btrfs the subvolume's: so as the process sees it the inode decides. As
  /// this process sees it there may be other file systems.
  private static boolean isMapped(FileIdentity identity, Mapping mapping, boolean asThisProcessSeesIt) {
    return identity.inode() == mapping.inode()
      && (!asThisProcessSeesIt || identity.device().equals(mapping.device()));
  }

  /// The programs and all that they need, as the loader would find it.
  ///
  /// @param read what a file says of itself
  static List<Sighting> resolve(List<Path> programs, LoaderCache cache, List<String> libraryPath,
    Function<Sighting, ElfObject> read) {
    var found = new ArrayList<Sighting>();
    var seen = new HashSet<String>();
    var next = new ArrayDeque<Sighting>();
    programs.forEach(program -> at(program, true).ifPresent(next::add));
    for (var sighting = next.poll(); sighting != null; sighting = next.poll()) {
      if (seen.add(sighting.path())) {
        found.add(sighting);
        var elf = read.apply(sighting);
        for (var needed : elf.needed()) {
          cache.find(needed, libraryPath, path -> HostFiles.path(path).flatMap(file -> at(file, false))
            .filter(library -> read.apply(library).wide() == elf.wide()).isPresent())
            .flatMap(path -> at(Path.of(path), false)).ifPresent(next::add);
        }
      }
    }
    return found;
  }

  /// The file at a path, under its real name: what a mapping would show.
  private static Optional<Sighting> at(Path path, boolean executable) {
    try {
      var real = path.toRealPath();
      return HostFiles.identity(real)
        .map(
          identity -> new Sighting(real.toString(), identity, Optional.of(real), executable, false, false));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
