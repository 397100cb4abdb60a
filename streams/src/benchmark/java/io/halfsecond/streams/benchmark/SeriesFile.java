package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Tier;
import io.halfsecond.streams.simulation.WatchedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A series that nobody here made.
record SeriesFile(List<Entry> entries) {
  private static final double NANOS = 1e6;

  /// @param second after [WatchedKey#START]
  record Entry(double second, double millis) {}

  /// Reads lines such as `2014-03-07 03:41:00,45.868`, after a head.
  ///
  /// @throws IllegalArgumentException if there is no such file, or a line is something else; the
  ///   message says which
  static SeriesFile read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("--series " + file + ": no such file");
    }
    var lines = Files.readAllLines(file);
    var entries = new ArrayList<Entry>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        String[] fields = lines.get(i).split(",", 2);
        var at = LocalDateTime.parse(fields[0].replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        entries.add(
            new Entry(WatchedKey.second(at), Double.parseDouble(fields[fields.length - 1])));
      } catch (DateTimeParseException | NumberFormatException e) {
        throw new IllegalArgumentException(
            "%s, line %d: not timestamp,value".formatted(file, i + 1), e);
      }
    }
    return new SeriesFile(entries);
  }

  /// What ours has to say about it: a line for every step of an alert.
  String judged() {
    var host = Setup.relative().host("series-");
    var text = new StringBuilder();
    int pages = 0;
    for (int i = 0; i < entries.size(); i++) {
      var entry = entries.get(i);
      double following = entries.get(Math.min(i + 1, entries.size() - 1)).second();
      for (var step : host.observe(entry.second(), entry.millis(), following)) {
        pages += step instanceof AlertStep.Opened && step.facts().tier() == Tier.STEP ? 1 : 0;
        text.append(line(step)).append('\n');
      }
    }
    return text + "%d values, %d pages%n".formatted(entries.size(), pages);
  }

  private static String line(AlertStep step) {
    AlertFacts facts = step.facts();
    return String.format(
        Locale.ROOT,
        "%s %s %s, onset %s, median %.1f then %.1f ms of %d samples",
        facts.at(),
        facts.tier(),
        step.getClass().getSimpleName(),
        facts.onset(),
        facts.before().p50() / NANOS,
        facts.after().p50() / NANOS,
        facts.connections());
  }
}
