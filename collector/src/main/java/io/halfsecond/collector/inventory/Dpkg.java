package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Debian's package manager, by its own files: `info/PACKAGE[:ARCHITECTURE].list` has a path a
/// line, `status` a stanza a package (deb822(5), dpkg(1) of dpkg 1.21).
final class Dpkg implements Packages {
  private static final String LIST = ".list";

  /// Where / and /usr are merged, a package may list its file under either name
  /// (file-hierarchy(7)).
  private static final Set<String> MERGED =
      Set.of("/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/");

  private final Path directory;
  private final DpkgLog log;

  /// @param directory `/var/lib/dpkg`
  Dpkg(Path directory, DpkgLog log) {
    this.directory = directory;
    this.log = log;
  }

  @Override
  public Map<String, Installed> owners(Collection<String> paths) throws InterruptedException {
    var wanted = new HashMap<String, String>();
    paths.forEach(path -> names(path).forEach(name -> wanted.put(name, path)));
    var owners = new HashMap<String, String>();
    try (var lists = Files.newDirectoryStream(directory.resolve("info"), "*" + LIST)) {
      for (var list : lists) {
        var file = String.valueOf(list.getFileName());
        // Names of files are bytes; in Latin-1 all are valid, and those of libraries are ASCII.
        try (var lines = Files.lines(list, StandardCharsets.ISO_8859_1)) {
          lines
              .filter(wanted::containsKey)
              .forEach(
                  line ->
                      owners.put(
                          wanted.getOrDefault(line, line),
                          file.substring(0, file.length() - LIST.length())));
        } catch (IOException | UncheckedIOException _) {
          // Removed meanwhile: it owns nothing any more.
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      return Map.of();
    }
    var versions = versions(owners.values());
    var times = log.times(Set.copyOf(owners.values()));
    return owners.entrySet().stream()
        .filter(owner -> versions.containsKey(owner.getValue()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                owner ->
                    new Installed(
                        withoutArchitecture(owner.getValue()),
                        versions.getOrDefault(owner.getValue(), ""),
                        Optional.ofNullable(times.get(owner.getValue()))
                            .orElseGet(() -> unpacked(owner.getValue())))));
  }

  /// Of a package that no log speaks of any more: dpkg writes the list when it unpacks.
  private Instant unpacked(String listed) {
    return HostFiles.identity(directory.resolve("info").resolve(listed + LIST))
        .map(FileIdentity::mtime)
        .orElse(Instant.EPOCH)
        .truncatedTo(ChronoUnit.SECONDS);
  }

  private Map<String, String> versions(Collection<String> packages) {
    try (var lines = Files.lines(directory.resolve("status"), StandardCharsets.ISO_8859_1)) {
      return versions(lines, Set.copyOf(packages));
    } catch (IOException | UncheckedIOException _) {
      return Map.of();
    }
  }

  /// All names that the file may be listed under.
  static List<String> names(String path) {
    var bare = path.startsWith("/usr/") ? path.substring("/usr".length()) : path;
    return MERGED.stream().anyMatch(bare::startsWith)
        ? List.of(bare, "/usr" + bare)
        : List.of(path);
  }

  /// @param status lines of the file `status`
  /// @param packages as the lists are named, with the architecture or without
  /// @return versions by these names
  static Map<String, String> versions(Stream<String> status, Set<String> packages) {
    var versions = new HashMap<String, String>();
    var fields = new HashMap<String, String>();
    Stream.concat(status, Stream.of(""))
        .forEach(
            line -> {
              int colon = line.indexOf(": ");
              if (line.isEmpty()) {
                var name = fields.getOrDefault("Package", "");
                for (var listed :
                    List.of(name, name + ":" + fields.getOrDefault("Architecture", ""))) {
                  if (packages.contains(listed) && fields.containsKey("Version")) {
                    versions.put(listed, fields.getOrDefault("Version", ""));
                  }
                }
                fields.clear();
              } else if (colon > 0 && line.charAt(0) != ' ') {
                fields.put(line.substring(0, colon), line.substring(colon + 2));
              }
            });
    return versions;
  }

  private static String withoutArchitecture(String listed) {
    int colon = listed.indexOf(':');
    return colon < 0 ? listed : listed.substring(0, colon);
  }
}
