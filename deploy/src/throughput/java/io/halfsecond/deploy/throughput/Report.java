package io.halfsecond.deploy.throughput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A page of figures with words that people have written.
final class Report {
  /// What is between these two lines is written by the program.
  private static final String BEGIN = "<!-- figures -->";

  private static final String END = "<!-- end of figures -->";

  private Report() {}

  static void replaceFigures(Path page, List<String> figures) throws IOException {
    var lines = Files.readAllLines(page);
    Files.write(
        page,
        Stream.of(
                lines.subList(0, lines.indexOf(BEGIN) + 1),
                List.of(""),
                figures,
                List.of(""),
                lines.subList(lines.indexOf(END), lines.size()))
            .flatMap(List::stream)
            .toList());
  }
}
