package io.halfsecond.deploy.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Packages of npm that a directory of the test sources pins by version and hash.
///
/// @param home where they are, with what the directory has: below the build directory
/// @param fetched whether they were fetched just now; else they were there
public record NpmPackages(Path home, boolean fetched) {
  private static final String LOCK = "package-lock.json";

  /// Fetches what is not there yet. Without npm the calling test is skipped, or fails where
  /// `CI=true`.
  public static NpmPackages of(Path sources) throws IOException {
    Path home = Path.of("target").toAbsolutePath().resolve(sources.getFileName());
    Files.createDirectories(home);
    Path lock = home.resolve(LOCK);
    boolean present =
        Files.exists(lock)
            && Files.mismatch(lock, sources.resolve(LOCK)) == -1
            && Files.isDirectory(home.resolve("node_modules"));
    for (Path file : files(sources)) {
      Files.copy(file, home.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!present) {
      var result = Tool.require("npm", "npm").run(home, Map.of(), "ci");
      if (result.status() != 0) {
        Files.delete(lock);
        throw new IllegalStateException(result.output());
      }
    }
    return new NpmPackages(home, !present);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
