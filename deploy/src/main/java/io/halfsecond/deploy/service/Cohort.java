package io.halfsecond.deploy.service;

import io.halfsecond.schemas.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The default name of a host's cohort. Hosts with the same release of the same system on the same
/// kind of machine run the same sshd, and should take about the same time.
public final class Cohort {
  /// The first that exists counts (os-release(5)).
  private static final List<String> OS_RELEASE = List.of("/etc/os-release", "/usr/lib/os-release");

  private Cohort() {}

  public static String ofThisHost() {
    return of(
        file -> {
          try {
            return Optional.of(Files.readString(Path.of(file)));
          } catch (IOException _) {
            return Optional.empty();
          }
        });
  }

  /// `ID-VERSION_ID-machine`, for example `debian-12-x86_64`; without the version for a system that
  /// has none, such as a rolling release. Empty if no file says which system it is.
  ///
  /// @param read a file's text; empty if it cannot be read
  public static String of(Function<String, Optional<String>> read) {
    return of(
        OS_RELEASE.stream().flatMap(file -> read.apply(file).stream()).findFirst().orElse(""),
        System.getProperty("os.arch"));
  }

  /// @param osRelease text as in os-release(5)
  /// @param architecture as in Java's `os.arch`
  static String of(String osRelease, String architecture) {
    // The machine that Java calls amd64 is x86_64 to the kernel.
    var machine = architecture.equals("amd64") ? "x86_64" : architecture;
    return field("ID", osRelease)
        .map(
            id ->
                Stream.of(Optional.of(id), field("VERSION_ID", osRelease), Optional.of(machine))
                    .flatMap(Optional::stream)
                    .collect(Collectors.joining("-")))
        .orElse("");
  }

  /// A field whose value a cohort's name may contain. The last assignment counts, as in a shell.
  private static Optional<String> field(String name, String osRelease) {
    return Pattern.compile("(?m)^" + name + "=([\"']?)(.{1,64}?)\\1\\s*$")
        .matcher(osRelease)
        .results()
        .map(found -> found.group(2))
        .filter(value -> Names.COHORT.matcher(value).matches())
        .reduce((_, last) -> last);
  }
}
