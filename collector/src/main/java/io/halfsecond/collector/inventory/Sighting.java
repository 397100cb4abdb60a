package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A file of sshd's, found and not yet read.
///
/// @param readable where it can be opened; empty if nowhere
/// @param seenIn in whose memory; empty if it was only resolved
/// @param differsFromPath whether the file at the path is another
record Sighting(
    String path,
    Stat stat,
    Optional<Path> readable,
    boolean executable,
    List<SeenIn> seenIn,
    boolean differsFromPath) {
  Sighting {
    seenIn = List.copyOf(seenIn);
  }

  FileIdentity identity() {
    return stat.identity();
  }

  Sighting seenIn(SeenIn... processes) {
    return new Sighting(path, stat, readable, executable, List.of(processes), differsFromPath);
  }

  /// Where a file may be found.
  ///
  /// @param lasts whether also after the end of the process that has it mapped
  private record Place(Path path, boolean lasts) {}

  /// Finds a file that the listener has mapped. /proc/PID/map_files leads to it wherever it is now
  /// (CAP_CHECKPOINT_RESTORE); else its name as the process sees it (CAP_SYS_PTRACE), else as this
  /// process does, if that is the same file.
  ///
  /// @param process in /proc
  /// @param watched is told of the names
  static Sighting ofListener(Mapping mapping, boolean executable, Path process, Watched watched) {
    return of(
        mapping,
        SeenIn.LISTENER,
        executable,
        Stream.of(mapFile(mapping, process), seenBy(process, mapping, true), byName(mapping)),
        watched);
  }

  /// Finds a file that a monitor has mapped, by its listener's names first: the monitor may end at
  /// any moment.
  ///
  /// @param process in /proc
  /// @param listener in /proc; empty if there is none
  /// @param watched is told of the names
  static Sighting ofMonitor(
      Mapping mapping, boolean executable, Path process, Optional<Path> listener, Watched watched) {
    return of(
        mapping,
        SeenIn.MONITOR,
        executable,
        Stream.of(
            listener.stream().flatMap(path -> seenBy(path, mapping, true)),
            byName(mapping),
            seenBy(process, mapping, false),
            mapFile(mapping, process)),
        watched);
  }

  private static Stream<Place> mapFile(Mapping mapping, Path process) {
    return Stream.of(new Place(process.resolve("map_files").resolve(mapping.range()), false));
  }

  private static Stream<Place> seenBy(Path process, Mapping mapping, boolean lasts) {
    return byName(mapping)
        .map(
            name ->
                new Place(
                    process.resolve("root").resolve(Path.of("/").relativize(name.path())), lasts));
  }

  private static Stream<Place> byName(Mapping mapping) {
    return mapping.deleted()
        ? Stream.of()
        : HostFiles.path(mapping.path()).stream().map(name -> new Place(name, true));
  }

  private static Sighting of(
      Mapping mapping,
      SeenIn seenIn,
      boolean executable,
      Stream<Stream<Place>> places,
      Watched watched) {
    var path = HostFiles.path(mapping.path());
    var atPath = path.flatMap(watched::stat).filter(Stat::regular).map(Stat::identity);
    for (var place : places.flatMap(each -> each).toList()) {
      var stat =
          (place.lasts() ? watched.stat(place.path()) : HostFiles.stat(place.path()))
              .filter(Stat::regular);
      if (stat.isPresent()
          && (place.path().endsWith(mapping.range())
              || isMapped(
                  stat.get().identity(), mapping, path.equals(Optional.of(place.path()))))) {
        return new Sighting(
            mapping.path(),
            stat.get(),
            Optional.of(place.path()),
            executable,
            List.of(seenIn),
            mapping.deleted() || atPath.filter(stat.get().identity()::sameFile).isEmpty());
      }
    }
    var unseen = Stat.unseen(mapping.device(), mapping.inode());
    return new Sighting(
        mapping.path(),
        unseen,
        Optional.empty(),
        executable,
        List.of(seenIn),
        mapping.deleted() || atPath.filter(unseen.identity()::sameFile).isEmpty());
  }

  /// A mapping has the file system's device, stat(2) on btrfs the subvolume's: so as the process
  /// sees it the inode decides. As this process sees it there may be other file systems.
  private static boolean isMapped(
      FileIdentity identity, Mapping mapping, boolean asThisProcessSeesIt) {
    return identity.inode() == mapping.inode()
        && (!asThisProcessSeesIt || identity.device().equals(mapping.device()));
  }

  /// The file at a path, under its real name: what a mapping would show.
  ///
  /// @param watched is told of both names
  static Optional<Sighting> at(Path path, boolean executable, Watched watched) {
    if (watched.stat(path).isEmpty()) {
      return Optional.empty();
    }
    try {
      var real = path.toRealPath();
      return watched
          .stat(real)
          .filter(Stat::regular)
          .map(
              stat ->
                  new Sighting(
                      real.toString(), stat, Optional.of(real), executable, List.of(), false));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
