package io.halfsecond.deploy.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The packages of two versions, made once for all tests by what `make packages` runs.
final class Packages {
  static final String OLD = "1.0";
  static final String NEW = "1.1";
  static final Path DIRECTORY = Path.of("target/packages").toAbsolutePath();

  private static boolean made;

  private Packages() {}

  /// Makes them, if that has not been done. Without the tools the calling test is skipped.
  static synchronized void make() {
    if (made) {
      return;
    }
    Tool.require("dh", "debhelper");
    Tool.require("rpmbuild", "rpm");
    Tool.require("strip", "binutils");
    Tool.require("zip", "zip");
    Tool.require("unzip", "unzip");
    if (!Files.isDirectory(Path.of("target/halfsecond/lib"))) {
      throw Tool.missing("target/halfsecond is not there: it is made by the package phase");
    }
    for (var version : List.of(OLD, NEW)) {
      var result =
          new Tool(Path.of("packages/build.sh").toAbsolutePath())
              .run(Path.of("").toAbsolutePath(), Map.of(), "--fast", "--version", version);
      assertThat(result.status()).as(result.output()).isZero();
    }
    made = true;
  }

  static Path deb(String name, String version) {
    return only(name + "_" + version + "_*.deb");
  }

  static Path rpm(String name, String version) {
    return only(name + "-" + version + "-*.rpm");
  }

  /// Those of a version.
  static String[] all(String version, String ending) {
    return Stream.of("halfsecond", "halfsecond-collector")
        .map(name -> ending.equals("deb") ? deb(name, version) : rpm(name, version))
        .map(Path::toString)
        .toArray(String[]::new);
  }

  private static Path only(String pattern) {
    try (var found = Files.newDirectoryStream(DIRECTORY, pattern)) {
      var files = found.iterator();
      assertThat(files).as(pattern).hasNext();
      return files.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
