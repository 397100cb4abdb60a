package io.halfsecond.collector.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What is in the directory of a spool. Looking changes nothing: a collector may be writing it.
///
/// @param runs how far the collector had come when it said so last, at most a second ago if it runs
/// @param foreign files that are not the spool's
public record SpoolListing(List<Listed> segments, List<Run> runs, List<String> foreign) {
  /// A segment.
  ///
  /// @param waiting records that were not acknowledged, by topic and run
  /// @param corruptBytes bytes that no record can be read from; the unfinished end of the newest
  ///   segment is not among them
  /// @param corruptRecords records with a wrong checksum
  /// @param oldestAt event time of the oldest record that waits
  public record Listed(
      String name,
      long bytes,
      Map<Segment.Key, Long> waiting,
      long corruptBytes,
      long corruptRecords,
      Optional<Instant> oldestAt,
      Optional<Instant> newestAt) {
    public long waitingInAll() {
      return waiting.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  public boolean corrupt() {
    return segments.stream()
        .anyMatch(segment -> segment.corruptBytes() > 0 || segment.corruptRecords() > 0);
  }

  /// @param waiting takes each record that was not acknowledged, in order
  /// @throws java.nio.file.NoSuchFileException if there is no such directory
  public static SpoolListing of(Path directory, Consumer<SpooledRecord> waiting)
      throws IOException {
    var found = SpoolDirectory.list(directory);
    var runs = RunFiles.runs(directory);
    var acknowledged = new HashMap<String, Map<String, Long>>();
    runs.forEach(run -> acknowledged.put(run.collector(), run.lastAcknowledged()));
    var segments = new ArrayList<Listed>();
    for (var file : found.segments()) {
      boolean newest = file.equals(found.segments().getLast());
      read(file, newest, acknowledged, waiting).ifPresent(segments::add);
    }
    return new SpoolListing(segments, runs, found.foreign());
  }

  private static Optional<Listed> read(
      Path file,
      boolean newest,
      Map<String, Map<String, Long>> acknowledged,
      Consumer<SpooledRecord> each)
      throws IOException {
    var waiting =
        new TreeMap<Segment.Key, Long>(
            java.util.Comparator.comparing(Segment.Key::topic).thenComparing(Segment.Key::run));
    Optional<Instant> oldest = Optional.empty();
    Optional<Instant> latest = Optional.empty();
    long corruptBefore = 0;
    try (var reader = new SegmentReader(file, Long.MAX_VALUE)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        corruptBefore = reader.corruptBytes();
        var spooled = next.get();
        var done = acknowledged.getOrDefault(spooled.run(), Map.of());
        if (spooled.sequence() <= done.getOrDefault(spooled.topic(), -1L)) {
          continue;
        }
        waiting.merge(new Segment.Key(spooled.run(), spooled.topic()), 1L, Long::sum);
        var at = spooled.record().at();
        oldest = oldest.filter(before -> before.isBefore(at)).or(() -> Optional.of(at));
        latest = latest.filter(before -> before.isAfter(at)).or(() -> Optional.of(at));
        each.accept(spooled);
      }
      return Optional.of(
          new Listed(
              file.getFileName().toString(),
              Files.size(file),
              waiting,
              newest ? corruptBefore : reader.corruptBytes(),
              reader.corruptRecords(),
              oldest,
              latest));
    } catch (java.nio.file.NoSuchFileException _) {
      // The collector has just deleted it.
      return Optional.empty();
    }
  }
}
