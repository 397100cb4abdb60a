package io.halfsecond.collector.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What earlier runs of the collector left in the spool, and how much of them is missing.
///
/// **Guarantees** a file that is damaged makes nothing fail: what can be read of it is found, and
/// the rest is counted as `spool-corrupt`.
final class Recovery {
  static final String CORRUPT = "spool-corrupt";

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /// Runs that are kept for an hour after they are settled, at most: a collector that is killed
  /// every few seconds must not make its heartbeats grow.
  private static final int MOST_RUNS = 32;

  private static final long KEPT_MILLIS = Duration.ofHours(1).toMillis();

  /// The records of one run that were found.
  private static final class Found {
    private long outstanding;
    private long first = Long.MAX_VALUE;
    private long last = -1;

    /// Numbers next to damaged bytes for which there is no record.
    private long gaps;
  }

  private final List<Segment> segments = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private long nextPosition;

  private final String bootId;
  private final InstantSource wall;
  private final Map<String, Run> known = new LinkedHashMap<>();
  private final Map<String, Found> found = new LinkedHashMap<>();

  /// @param bootId of the running kernel
  Recovery(SpoolDirectory directory, String bootId, InstantSource wall, LongSupplier monotonicNanos)
      throws IOException {
    this.bootId = bootId;
    this.wall = wall;
    RunFiles.runs(directory.path()).forEach(run -> known.put(run.collector(), run));
    for (var file : directory.segments()) {
      long position = SpoolDirectory.position(file).orElseThrow();
      try (var reader = new SegmentReader(file, Long.MAX_VALUE)) {
        scan(reader, file, position, monotonicNanos);
      }
    }
    var assigned = RunFiles.assigned(directory.path());
    found.keySet().forEach(run -> known.computeIfAbsent(run, Run::unknown));
    known.values().stream().map(run -> settle(run, assigned)).filter(this::kept).forEach(runs::add);
    int surplus = runs.size() - MOST_RUNS;
    runs.removeIf(run -> runs.indexOf(run) < surplus && !found.containsKey(run.collector()));
  }

  /// Those with records that are neither acknowledged nor given up, the oldest first.
  List<Segment> segments() {
    return segments;
  }

  /// Earlier runs, the oldest first. All have ended.
  List<Run> runs() {
    return runs;
  }

  long nextPosition() {
    return nextPosition;
  }

  private void scan(
      SegmentReader reader, java.nio.file.Path file, long position, LongSupplier monotonicNanos)
      throws IOException {
    var last = new HashMap<String, Long>();
    Optional<Segment> segment = Optional.empty();
    long count = 0;
    for (var next = reader.read(); next.isPresent(); next = reader.read()) {
      count++;
      var spooled = next.get().spooled();
      var run = found.computeIfAbsent(spooled.run(), _ -> new Found());
      if (next.get().afterGap()) {
        run.gaps += spooled.sequence() - last.getOrDefault(spooled.run(), run.last) - 1;
      }
      last.put(spooled.run(), spooled.sequence());
      run.first = Math.min(run.first, spooled.sequence());
      run.last = Math.max(run.last, spooled.sequence());
      if (settled(spooled)) {
        continue;
      }
      run.outstanding++;
      if (segment.isEmpty()) {
        long age = Math.max(0, wall.millis() - spooled.madeAt().toEpochMilli());
        segment =
            Optional.of(
                new Segment(
                    file, position, monotonicNanos.getAsLong() - Duration.ofMillis(age).toNanos()));
      }
      segment.get().add(spooled);
    }
    if (reader.corrupt()) {
      LOG.warn(
          "spool: {}: {} bytes and {} records are damaged and passed over; {} records were read",
          file,
          reader.corruptBytes(),
          reader.corruptRecords(),
          count);
    }
    nextPosition = position + Math.max(1, count);
    if (segment.isPresent()) {
      segment.get().bytes(java.nio.file.Files.size(file));
      segments.add(segment.get());
    } else {
      java.nio.file.Files.delete(file);
    }
  }

  private boolean settled(SpooledRecord spooled) {
    var run = known.get(spooled.run());
    return run != null
        && spooled.sequence() <= run.lastSettled().getOrDefault(spooled.topic(), -1L);
  }

  private Run settle(Run run, Optional<RunFiles.Assigned> line) {
    var records = found.getOrDefault(run.collector(), new Found());
    long assigned = Math.max(run.assigned(), records.last + 1);
    long acknowledged = run.acknowledged();
    if (!run.ended()) {
      if (line.isPresent() && line.get().run().equals(run.collector())) {
        assigned = Math.max(assigned, line.get().count());
      }
      boolean unknown = run.bootId().isEmpty();
      if (!unknown && !run.bootId().equals(bootId)) {
        assigned = Math.max(assigned, run.reserved());
      }
      if (unknown && records.outstanding > 0) {
        // Nothing is known of what was before.
        acknowledged = records.first;
      }
    }
    long missing =
        Math.max(
            0,
            assigned - acknowledged - run.droppedInAll() - run.unaccounted() - records.outstanding);
    long corrupt = run.ended() ? missing : Math.min(missing, records.gaps);
    var dropped = new HashMap<>(run.dropped());
    if (corrupt > 0) {
      dropped.merge(CORRUPT, corrupt, Long::sum);
    }
    return new Run(
        run.collector(),
        run.bootId(),
        assigned,
        assigned,
        acknowledged,
        run.lastAcknowledged(),
        run.lastSettled(),
        dropped,
        run.unaccounted() + missing - corrupt,
        true,
        records.outstanding > 0
            ? 0
            : run.settledAtMillis() > 0 ? run.settledAtMillis() : wall.millis());
  }

  private boolean kept(Run run) {
    return run.settledAtMillis() == 0 || wall.millis() - run.settledAtMillis() < KEPT_MILLIS;
  }
}
