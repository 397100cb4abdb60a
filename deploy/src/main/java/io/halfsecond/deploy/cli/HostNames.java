package io.halfsecond.deploy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file with names of hosts, one per line; lines that begin with a number sign are comments.
final class HostNames {
  private HostNames() {}

  static List<String> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(String::strip)
        .filter(name -> !name.isEmpty() && !name.startsWith("#"))
        .toList();
  }
}
