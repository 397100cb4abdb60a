package io.halfsecond.deploy.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What a process uses, and what it says in its metrics.
public final class ProcessFigures {
  private ProcessFigures() {}

  /// Its resident memory.
  public static long residentBytes(long pid) {
    try (var lines = Files.lines(Path.of("/proc/%d/status".formatted(pid)))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The sum of the series of a metric; 0 if there is none.
  ///
  /// @param metrics lines as Prometheus reads them
  /// @param series a name, or the beginning of a series with its first labels
  public static double sum(Stream<String> metrics, String series) {
    return metrics
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
