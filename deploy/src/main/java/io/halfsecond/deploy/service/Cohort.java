package io.halfsecond.deploy.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The name that a host's cohort has unless the configuration gives one: hosts of one release of
/// one system on one kind of machine run the same sshd, and should take about the same time for the
/// same.
public final class Cohort {
  /// The first that is there counts (os-release(5)).
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
  /// has none, as a rolling release. Empty if the host does not say which system it is.
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
    // Java says amd64 where the kernel and everybody's inventory say x86_64.
    var machine = architecture.equals("amd64") ? "x86_64" : architecture;
    return field("ID", osRelease)
        .map(
            id ->
                Stream.of(Optional.of(id), field("VERSION_ID", osRelease), Optional.of(machine))
                    .flatMap(Optional::stream)
                    .collect(Collectors.joining("-")))
        .orElse("");
  }

  /// A field that keeps to what os-release(5) allows in these two; that is what a cohort's name may
  /// be made of.
  private static Optional<String> field(String name, String osRelease) {
    return Pattern.compile("(?m)^" + name + "=([\"']?)([A-Za-z0-9][A-Za-z0-9._-]{0,63})\\1\\s*$")
        .matcher(osRelease)
        .results()
        .map(found -> found.group(2))
        .reduce((_, last) -> last);
  }
}
