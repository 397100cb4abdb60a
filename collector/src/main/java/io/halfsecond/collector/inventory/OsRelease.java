package io.halfsecond.collector.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which system a host runs, as its os-release file says (os-release(5)).
///
/// @param id of the system, for example `debian`
/// @param versionId of its release, for example `12`; a rolling release has none
public record OsRelease(Optional<String> id, Optional<String> versionId) {
  /// The first that exists counts.
  private static final List<String> FILES = List.of("/etc/os-release", "/usr/lib/os-release");

  /// What an identifier may consist of: more than the manual page allows, less than would need an
  /// escape anywhere.
  private static final Pattern VALUE = Pattern.compile("[\\p{Alnum}._+~-]{1,64}");

  public static OsRelease ofThisHost() {
    return of(
        file -> {
          try {
            return Optional.of(Files.readString(Path.of(file)));
          } catch (IOException _) {
            return Optional.empty();
          }
        });
  }

  /// @param read a file's text; empty if it cannot be read
  public static OsRelease of(Function<String, Optional<String>> read) {
    return parse(FILES.stream().flatMap(file -> read.apply(file).stream()).findFirst().orElse(""));
  }

  public static OsRelease parse(String text) {
    return new OsRelease(field("ID", text), field("VERSION_ID", text));
  }

  /// The last assignment counts, as in a shell.
  private static Optional<String> field(String name, String text) {
    return Pattern.compile("(?m)^" + name + "=([\"']?)(.{1,64}?)\\1\\s*$")
        .matcher(text)
        .results()
        .map(found -> found.group(2))
        .filter(value -> VALUE.matcher(value).matches())
        .reduce((_, last) -> last);
  }

  /// `ID-VERSION_ID`, for example `debian-12`, as package URLs name a distribution. Empty if the
  /// host does not say which system it is.
  public String name() {
    return id.isEmpty()
        ? ""
        : Stream.of(id, versionId).flatMap(Optional::stream).collect(Collectors.joining("-"));
  }
}
