package io.halfsecond.deploy.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The `[Service]` section of a unit of systemd.
///
/// @param values of every setting
record Unit(Map<String, List<String>> values) {
  static final Path COLLECTOR = Path.of("systemd/halfsecond-collector.service");
  static final Path TOPOLOGY = Path.of("systemd/halfsecond-topology.service");
  static final Path PUSH = Path.of("systemd/halfsecond-push.service");

  static Unit read(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return new Unit(
          lines
              .map(String::strip)
              .dropWhile(line -> !line.equals("[Service]"))
              .skip(1)
              .takeWhile(line -> !line.startsWith("["))
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .map(line -> line.split("=", 2))
              .collect(
                  Collectors.groupingBy(
                      pair -> pair[0],
                      TreeMap::new,
                      Collectors.mapping(pair -> pair[1], Collectors.toList()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The words of a setting, of all its lines.
  List<String> words(String setting) {
    return values.getOrDefault(setting, List.of()).stream()
        .flatMap(line -> Arrays.stream(line.split(" ")))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
