package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A system of its own in a directory, with Debian's essential packages and apt, and nothing else.
record CleanRoot(Path directory) {

  /// Makes one of the release that this machine has.
  ///
  /// @param packages that it has besides
  static CleanRoot make(Path directory, String... packages) throws IOException {
    var release =
        Files.readAllLines(Path.of("/etc/os-release")).stream()
            .filter(line -> line.startsWith("VERSION_CODENAME="))
            .map(line -> line.substring(line.indexOf('=') + 1))
            .findFirst()
            .orElseThrow(() -> Tool.missing("a Debian with a name"));
    var arguments = new ArrayList<>(List.of("--variant=apt", "--mode=root", "--quiet"));
    Stream.of(packages).map(name -> "--include=" + name).forEach(arguments::add);
    arguments.addAll(List.of(release, directory.toString()));
    var made =
        Tool.require("mmdebstrap", "mmdebstrap")
            .run(Path.of("/"), Map.of(), arguments.toArray(String[]::new));
    assertThat(made.status()).as(made.output()).isZero();
    return new CleanRoot(directory);
  }

  Path path(String absolute) {
    return directory.resolve(absolute.substring(1));
  }

  /// Runs dpkg on it, with the scripts of packages inside. It must succeed.
  String dpkg(String... arguments) {
    return succeed("dpkg", Stream.concat(Stream.of("--root=" + directory), Stream.of(arguments)));
  }

  /// Runs rpm on it, likewise; Debian's packages are not in rpm's database.
  String rpm(String... arguments) {
    return succeed("rpm", Stream.concat(Stream.of("--root=" + directory), Stream.of(arguments)));
  }

  /// Runs a program of its own.
  Tool.Result run(String... command) {
    return Tool.require("chroot", "coreutils")
        .run(
            directory,
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            Stream.concat(Stream.of(directory.toString()), Stream.of(command))
                .toArray(String[]::new));
  }

  private String succeed(String program, Stream<String> arguments) {
    var result =
        Tool.require(program, program)
            .run(
                directory,
                Map.of("DEBIAN_FRONTEND", "noninteractive"),
                arguments.toArray(String[]::new));
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  /// Every file that is there, but for what the package managers keep for themselves.
  Set<String> files() {
    var own =
        List.of("/proc", "/var/lib/dpkg", "/var/lib/rpm", "/var/log", "/var/cache", "/root/.rpmdb");
    try (var all = Files.walk(directory, new FileVisitOption[0])) {
      var files = new TreeSet<String>();
      all.map(file -> "/" + directory.relativize(file))
          .filter(file -> own.stream().noneMatch(prefix -> file.startsWith(prefix)))
          .forEach(files::add);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String absolute) {
    return Files.exists(path(absolute), LinkOption.NOFOLLOW_LINKS);
  }
}
