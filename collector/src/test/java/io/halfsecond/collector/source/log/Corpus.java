package io.halfsecond.collector.source.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Text files of pairs: a line as read, and below it, after ` > `, what it must be read as. `#`
/// begins a comment.
///
/// Run with `-Dhalfsecond.corpus.write=true` to write what the code reads now; then look at the
/// difference.
final class Corpus {
  private static final String EXPECTED = "  > ";
  private static final Path ROOT = Path.of("src/test/resources/io/halfsecond/collector/source/log");

  private Corpus() {}

  /// @param expected empty if the file gives none yet
  record Case(String line, String expected) {}

  static List<Case> read(String file, Function<String, String> actual) throws IOException {
    var path = ROOT.resolve(file);
    if (Boolean.getBoolean("halfsecond.corpus.write")) {
      write(path, actual);
    }
    var cases = new ArrayList<Case>();
    for (var line : Files.readAllLines(path)) {
      if (line.startsWith(EXPECTED)) {
        cases.add(new Case(cases.removeLast().line(), line.substring(EXPECTED.length())));
      } else if (!line.startsWith("#") && !line.isEmpty()) {
        cases.add(new Case(line, ""));
      }
    }
    return cases;
  }

  private static void write(Path path, Function<String, String> actual) throws IOException {
    var lines = new ArrayList<String>();
    for (var line : Files.readAllLines(path)) {
      if (line.startsWith("#") || line.isEmpty()) {
        lines.add(line);
      } else if (!line.startsWith(EXPECTED)) {
        lines.add(line);
        lines.add(EXPECTED + actual.apply(line));
      }
    }
    Files.write(path, lines);
  }
}
