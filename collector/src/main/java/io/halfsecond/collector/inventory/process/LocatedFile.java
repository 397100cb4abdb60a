package io.halfsecond.collector.inventory.process;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.host.FileVersion;
import io.halfsecond.collector.inventory.host.HostFiles;
import io.halfsecond.collector.inventory.host.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A file of sshd that was located and not read yet.
///
/// @param readable where it can be opened; empty if nowhere
/// @param mappedIn the processes that have mapped it; empty if it was only resolved
/// @param atPath what the path holds now
public record LocatedFile(
    String path,
    Stat stat,
    Optional<Path> readable,
    boolean executable,
    List<MappedIn> mappedIn,
    AtPath atPath) {
  public LocatedFile {
    mappedIn = List.copyOf(mappedIn);
  }

  /// Whether the path does not hold this file now.
  public boolean differsFromPath() {
    return atPath != AtPath.SAME;
  }

  public FileIdentity identity() {
    return stat.identity();
  }

  public FileVersion version() {
    return new FileVersion(path, stat);
  }

  /// The same file, mapped by processes of that kind too.
  public LocatedFile alsoMappedIn(MappedIn process) {
    return new LocatedFile(
        path,
        stat,
        readable,
        executable,
        Stream.concat(mappedIn.stream(), Stream.of(process)).distinct().toList(),
        atPath);
  }

  private static final Path ROOT = Path.of("/");

  /// A path at which a file may be found.
  ///
  /// @param lasts whether the path survives the process that has mapped the file
  private record Place(Path path, boolean lasts) {}

  /// Locates a file that the listener has mapped: through /proc/PID/map_files, which finds it
  /// wherever it is now (CAP_CHECKPOINT_RESTORE); else by its name as the process sees it
  /// (CAP_SYS_PTRACE); else by its name as this process sees it, if that is the same file.
  ///
  /// @param process directory in /proc
  /// @param dependencies records the names
  public static LocatedFile ofListener(
      Mapping mapping, boolean executable, Path process, FileDependencies dependencies) {
    return of(
        mapping,
        MappedIn.LISTENER,
        executable,
        Stream.of(mapFile(mapping, process), asSeenBy(process, mapping, true), byName(mapping)),
        hasOurRoot(process),
        dependencies);
  }

  /// Locates a file that a process of a connection has mapped, first by its name as the listener
  /// sees it: the process may end at any moment.
  ///
  /// @param mappedIn the kind of process
  /// @param process directory in /proc
  /// @param listener directory in /proc; empty if there is none
  /// @param dependencies records the names
  static LocatedFile ofChild(
      Mapping mapping,
      MappedIn mappedIn,
      boolean executable,
      Path process,
      Optional<Path> listener,
      FileDependencies dependencies) {
    return of(
        mapping,
        mappedIn,
        executable,
        Stream.of(
            listener.stream().flatMap(path -> asSeenBy(path, mapping, true)),
            byName(mapping),
            asSeenBy(process, mapping, false),
            mapFile(mapping, process)),
        hasOurRoot(listener.orElse(process)),
        dependencies);
  }

  /// Whether a name means the same to the process as to this one, but for mounts. A service may
  /// have a root of its own (RootDirectory=, RootImage=).
  private static boolean hasOurRoot(Path process) {
    var root = HostFiles.stat(process.resolve("root")).map(Stat::identity);
    return root.isPresent()
        && HostFiles.stat(ROOT).map(Stat::identity).filter(root.get()::sameFile).isPresent();
  }

  private static Stream<Place> mapFile(Mapping mapping, Path process) {
    return Stream.of(new Place(process.resolve("map_files").resolve(mapping.range()), false));
  }

  private static Stream<Place> asSeenBy(Path process, Mapping mapping, boolean lasts) {
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

  private static LocatedFile of(
      Mapping mapping,
      MappedIn mappedIn,
      boolean executable,
      Stream<Stream<Place>> places,
      boolean ourRoot,
      FileDependencies dependencies) {
    var path = HostFiles.path(mapping.path());
    var atPath = path.flatMap(dependencies::stat).filter(Stat::regular).map(Stat::identity);
    for (var place : places.flatMap(each -> each).toList()) {
      var stat =
          (place.lasts() ? dependencies.stat(place.path()) : HostFiles.stat(place.path()))
              .filter(Stat::regular);
      if (stat.isPresent()
          && (place.path().endsWith(mapping.range())
              || isMapped(
                  stat.get().identity(), mapping, path.equals(Optional.of(place.path()))))) {
        return new LocatedFile(
            mapping.path(),
            stat.get(),
            Optional.of(place.path()),
            executable,
            List.of(mappedIn),
            AtPath.of(
                mapping,
                atPath.filter(stat.get().identity()::sameFile).isPresent(),
                atPath.isPresent(),
                ourRoot));
      }
    }
    var unseen = Stat.unseen(mapping.device(), mapping.inode());
    return new LocatedFile(
        mapping.path(),
        unseen,
        Optional.empty(),
        executable,
        List.of(mappedIn),
        AtPath.of(
            mapping,
            atPath.filter(unseen.identity()::sameFile).isPresent(),
            atPath.isPresent(),
            false));
  }

  /// Compares by inode, because on btrfs a mapping has the device of the file system and stat(2)
  /// that of the subvolume. A name as this process sees it may lead to another file system, so
  /// there the device counts too.
  private static boolean isMapped(
      FileIdentity identity, Mapping mapping, boolean asThisProcessSeesIt) {
    return identity.inode() == mapping.inode()
        && (!asThisProcessSeesIt || identity.device().equals(mapping.device()));
  }

  /// The file at a path, under its real name, which a mapping would show.
  ///
  /// @param dependencies records both names
  public static Optional<LocatedFile> at(
      Path path, boolean executable, FileDependencies dependencies) {
    if (dependencies.stat(path).isEmpty()) {
      return Optional.empty();
    }
    try {
      var real = path.toRealPath();
      return dependencies
          .stat(real)
          .filter(Stat::regular)
          .map(
              stat ->
                  new LocatedFile(
                      real.toString(),
                      stat,
                      Optional.of(real),
                      executable,
                      List.of(),
                      AtPath.SAME));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
