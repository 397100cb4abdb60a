package io.halfsecond.collector.inventory.loader;

import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.Stat;
import io.halfsecond.collector.inventory.process.LocatedFile;
import io.halfsecond.collector.linux.HostCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The dynamic loader of this host, by its cache and its list of preloaded libraries. `ldconfig` is
/// asked for the cache again only when the cache file has changed.
public final class Loader {
  private static final Path CACHE = Path.of("/etc/ld.so.cache");
  private static final Path PRELOAD = Path.of("/etc/ld.so.preload");

  private final HostCommand command;
  private Optional<Stat> cacheFile = Optional.empty();
  private Optional<LoaderCache> cache = Optional.empty();

  public Loader(HostCommand command) {
    this.command = command;
  }

  /// The programs and all libraries that the loader would load into them.
  ///
  /// @param libraryPath value of LD_LIBRARY_PATH
  /// @param dependencies records every file that was inspected
  /// @param read what a file says about itself
  public List<LocatedFile> resolve(
      List<Path> programs,
      String libraryPath,
      FileDependencies dependencies,
      Function<LocatedFile, ElfObject> read)
      throws InterruptedException {
    var file = dependencies.stat(CACHE);
    if (programs.isEmpty()) {
      return List.of();
    }
    if (cache.isEmpty() || !file.equals(cacheFile)) {
      cache = Optional.of(LoaderCache.parse(command.run(List.of("ldconfig", "-p")).orElse("")));
      cacheFile = file;
    }
    var directories =
        Stream.of(libraryPath.split("[:;]", -1))
            .filter(directory -> directory.startsWith("/"))
            .toList();
    return new Resolver(cache.get(), directories, dependencies, read).resolve(programs);
  }

  /// The words of `/etc/ld.so.preload`, separated by blanks or colons, with comments (ld.so(8));
  /// and the real path of each that is a path.
  public static List<String> preloaded(FileDependencies dependencies) {
    if (dependencies.stat(PRELOAD).isEmpty()) {
      return List.of();
    }
    try {
      return Files.readString(PRELOAD, StandardCharsets.ISO_8859_1)
          .lines()
          .flatMap(line -> Stream.of(line.replaceAll("#.*", "").split("[\\s:]+", -1)))
          .filter(word -> !word.isEmpty())
          .flatMap(word -> Stream.concat(Stream.of(word), realPath(word)))
          .toList();
    } catch (IOException | UncheckedIOException _) {
      return List.of();
    }
  }

  private static Stream<String> realPath(String path) {
    try {
      return path.startsWith("/") ? Stream.of(Path.of(path).toRealPath().toString()) : Stream.of();
    } catch (IOException | IllegalArgumentException _) {
      return Stream.of();
    }
  }
}
