package io.halfsecond.deploy.fleet;

import io.halfsecond.deploy.terminal.Columns;
import io.halfsecond.streams.alert.Words;
import io.halfsecond.streams.query.HostFile;
import io.halfsecond.streams.query.Presence;
import io.halfsecond.streams.query.Whereabouts;
import io.halfsecond.streams.query.Whereabouts.Found;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// Which hosts have a file, in words: first how many have which version, then each host.
public final class WhereText {
  private static final int HASH_DIGITS = 12;

  private final Whereabouts whereabouts;
  private final Function<HostFile, List<String>> marks;

  /// @param marks what advisories say about a file, in words; empty for nothing
  public WhereText(Whereabouts whereabouts, Function<HostFile, List<String>> marks) {
    this.whereabouts = whereabouts;
    this.marks = marks;
  }

  /// One version of a file, and whether hosts have it.
  private record Version(Presence presence, String path, String packaged, String sha256) {
    private static final Comparator<Version> ORDER =
        Comparator.comparing(Version::presence)
            .thenComparing(Version::path)
            .thenComparing(Version::packaged)
            .thenComparing(Version::sha256);

    private static Version of(Found found) {
      return new Version(
          found.presence(), found.file().path(), owner(found.file()), found.file().sha256());
    }
  }

  /// How many hosts have each version.
  public List<String> summary() {
    var hosts = new TreeMap<Version, TreeSet<String>>(Version.ORDER);
    var files = new LinkedHashMap<Version, HostFile>();
    for (var found : whereabouts.found()) {
      var version = Version.of(found);
      hosts.computeIfAbsent(version, _ -> new TreeSet<>()).add(found.host());
      files.putIfAbsent(version, found.file());
    }
    var rows = new ArrayList<List<String>>();
    hosts.forEach(
        (version, names) ->
            rows.add(
                List.of(
                    presence(version.presence()),
                    Words.count(names.size(), "host"),
                    version.packaged(),
                    version.path().isEmpty() ? "–" : version.path(),
                    version.sha256().isEmpty() ? "–" : "sha256 " + digits(version.sha256()),
                    String.join(", ", marks.apply(files.get(version))))));
    var lines = new ArrayList<String>();
    lines.add(
        rows.isEmpty()
            ? "No file is found; %s known.".formatted(are(whereabouts.hosts()))
            : "Found on %d of %s."
                .formatted(
                    whereabouts.found().stream().map(Found::host).distinct().count(),
                    Words.count(whereabouts.hosts(), "host")));
    lines.addAll(Columns.lines(rows));
    return lines;
  }

  private static String are(long hosts) {
    return Words.count(hosts, "host") + (hosts == 1 ? " is" : " are");
  }

  /// Each host with each of its files, and since when.
  public List<String> hosts() {
    return Columns.lines(
        whereabouts.found().stream()
            .map(
                found ->
                    List.of(
                        found.host(),
                        found.presence() == Presence.IN_MEMORY
                            ? "in memory of " + String.join(", ", found.file().processes())
                            : presence(found.presence()),
                        owner(found.file()),
                        found.file().path().isEmpty() ? "–" : found.file().path(),
                        since(found)
                            + (found.file().differsFromPath()
                                ? "; the file at this path is another one now"
                                : "")))
            .toList());
  }

  /// Hosts about which nothing is known.
  public List<String> unknown() {
    return whereabouts.unknown().isEmpty()
        ? List.of()
        : List.of(
            "%s never said what sshd consists of there: %s"
                .formatted(
                    Words.count(whereabouts.unknown().size(), "host")
                        + (whereabouts.unknown().size() == 1 ? " has" : " have"),
                    String.join(", ", whereabouts.unknown())));
  }

  private static String since(Found found) {
    var from =
        found
            .since()
            .map(at -> "since " + Words.time(at))
            .orElseGet(() -> "since before " + Words.time(found.firstInspectedAt()));
    return found.until().map(at -> from + " until " + Words.time(at)).orElse(from);
  }

  private static String presence(Presence presence) {
    return switch (presence) {
      case IN_MEMORY -> "in memory";
      case ON_DISK -> "on disk";
      case HAD -> "had";
    };
  }

  private static String owner(HostFile file) {
    return file.packageName().isEmpty()
        ? "no package"
        : (file.packageName() + " " + file.version()).strip();
  }

  private static String digits(String sha256) {
    return sha256.substring(0, Math.min(HASH_DIGITS, sha256.length()));
  }
}
