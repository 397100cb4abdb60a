package io.halfsecond.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A temporary directory that is removed with its content on close.
record Workspace(Path directory) implements AutoCloseable {
  static Workspace create() throws IOException {
    return new Workspace(Files.createTempDirectory("halfsecond-demo"));
  }

  /// A new directory in it.
  Path make(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
