package io.halfsecond.collector.inventory.packages;

import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.host.HostFiles;
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

/// Debian's package manager, read from its files: `info/PACKAGE[:ARCHITECTURE].list` has one path
/// per line, `status` one stanza per package (deb822(5), dpkg(1) of dpkg 1.21).
public final class Dpkg implements PackageManager {
  private static final String LIST = ".list";

  /// Where / and /usr are merged, a package may list its file under either name
  /// (file-hierarchy(7)).
  private static final Set<String> MERGED =
      Set.of("/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/");

  /// What the file `status` says of a package.
  record Status(String source, String version) {
    private static final Status NONE = new Status("", "");
  }

  private final Path directory;
  private final DpkgLog log;

  /// @param directory `/var/lib/dpkg`
  public Dpkg(Path directory, DpkgLog log) {
    this.directory = directory;
    this.log = log;
  }

  @Override
  public Map<String, InstalledPackage> owners(Collection<String> paths)
      throws InterruptedException {
    var wanted = new HashMap<String, String>();
    paths.forEach(path -> names(path).forEach(name -> wanted.put(name, path)));
    var owners = new HashMap<String, String>();
    try (var lists = Files.newDirectoryStream(directory.resolve("info"), "*" + LIST)) {
      for (var list : lists) {
        var file = String.valueOf(list.getFileName());
        // File names are bytes: all are valid in Latin-1, and names of libraries are ASCII.
        try (var lines = Files.lines(list, StandardCharsets.ISO_8859_1)) {
          lines
              .filter(wanted::containsKey)
              .forEach(
                  line ->
                      owners.put(
                          wanted.getOrDefault(line, line),
                          file.substring(0, file.length() - LIST.length())));
        } catch (IOException | UncheckedIOException _) {
          // Removed meanwhile: the package owns nothing any more.
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      return Map.of();
    }
    var installed = installed(owners.values());
    var changes = log.changes(Set.copyOf(owners.values()));
    return owners.entrySet().stream()
        .filter(owner -> installed.containsKey(owner.getValue()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                owner ->
                    new InstalledPackage(
                        withoutArchitecture(owner.getValue()),
                        installed.getOrDefault(owner.getValue(), Status.NONE).source(),
                        installed.getOrDefault(owner.getValue(), Status.NONE).version(),
                        changed(
                            Optional.ofNullable(changes.get(owner.getValue())),
                            listWritten(owner.getValue())))));
  }

  /// The time of the list alone for a package that is in no log any more; the epoch if there is
  /// neither.
  private static Instant changed(Optional<LoggedChange> logged, Optional<Instant> listed) {
    return logged
        .map(change -> listed.map(change::heldAgainst).orElse(change.at()))
        .or(() -> listed)
        .orElse(Instant.EPOCH);
  }

  /// dpkg writes the list of a package when it unpacks it.
  private Optional<Instant> listWritten(String listed) {
    return HostFiles.identity(directory.resolve("info").resolve(listed + LIST))
        .map(FileIdentity::mtime)
        .map(at -> at.truncatedTo(ChronoUnit.SECONDS));
  }

  private Map<String, Status> installed(Collection<String> packages) {
    try (var lines = Files.lines(directory.resolve("status"), StandardCharsets.ISO_8859_1)) {
      return installed(lines, Set.copyOf(packages));
    } catch (IOException | UncheckedIOException _) {
      return Map.of();
    }
  }

  /// All paths under which the file may be listed.
  static List<String> names(String path) {
    var bare = path.startsWith("/usr/") ? path.substring("/usr".length()) : path;
    return MERGED.stream().anyMatch(bare::startsWith)
        ? List.of(bare, "/usr" + bare)
        : List.of(path);
  }

  /// @param status lines of the file `status`
  /// @param packages named as their lists, with or without the architecture
  /// @return what it says of them, by these names
  static Map<String, Status> installed(Stream<String> status, Set<String> packages) {
    var installed = new HashMap<String, Status>();
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
                    installed.put(
                        listed, new Status(source(fields), fields.getOrDefault("Version", "")));
                  }
                }
                fields.clear();
              } else if (colon > 0 && line.charAt(0) != ' ') {
                fields.put(line.substring(0, colon), line.substring(colon + 2));
              }
            });
    return installed;
  }

  /// A version in parentheses follows where it differs. Without the field, the package has the name
  /// of its source.
  private static String source(Map<String, String> fields) {
    var source = fields.getOrDefault("Source", fields.getOrDefault("Package", ""));
    int space = source.indexOf(' ');
    return space < 0 ? source : source.substring(0, space);
  }

  private static String withoutArchitecture(String listed) {
    int colon = listed.indexOf(':');
    return colon < 0 ? listed : listed.substring(0, colon);
  }
}
