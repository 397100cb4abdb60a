package io.halfsecond.collector.emit;

import io.halfsecond.collector.spool.Run;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// This run of the collector, and earlier ones whose records are sent by it. Confined to one
/// thread.
final class Runs {
  /// How long an earlier run is told of after it is settled.
  private static final Duration KEPT = Duration.ofHours(1);

  /// How many runs a heartbeat tells of, at most: its readers refuse more than 64.
  private static final int MOST_TOLD = 32;

  private final RunCount current;
  private final InstantSource wall;

  /// The oldest first.
  private final Map<String, RunCount> earlier = new LinkedHashMap<>();

  /// By run: its place among all runs.
  private final Map<String, Integer> places = new HashMap<>();

  Runs(RunCount current, InstantSource wall) {
    this.current = current;
    this.wall = wall;
  }

  RunCount current() {
    return current;
  }

  void recover(Run run) {
    places.put(run.collector(), places.size());
    earlier.put(run.collector(), RunCount.ofEarlier(run));
  }

  RunCount of(String collector) {
    return collector.equals(current.collector())
        ? current
        : earlier.computeIfAbsent(collector, name -> RunCount.ofThisProcess(name, ""));
  }

  /// Smaller for an older run.
  int place(String collector) {
    return places.getOrDefault(collector, Integer.MAX_VALUE);
  }

  /// Takes over what is settled.
  ///
  /// @param unqueued this run has given no smaller number to a record that has no lane yet
  /// @param unsettled of a run: its smallest number that may not be settled; empty if all are
  void settle(long unqueued, Function<String, Optional<Long>> unsettled) {
    current.settled(Math.min(unqueued, unsettled.apply(current.collector()).orElse(unqueued)));
    for (var run : earlier.values()) {
      unsettled
          .apply(run.collector())
          .ifPresentOrElse(run::settled, () -> run.settledWhole(wall.millis()));
    }
    long oldest = wall.millis() - KEPT.toMillis();
    earlier.values().removeIf(run -> run.settledBefore(oldest));
  }

  /// This one first, then the newest.
  List<RunCount> newestFirst() {
    var runs = new ArrayList<RunCount>();
    runs.add(current);
    runs.addAll(new ArrayList<>(earlier.values()).reversed());
    return runs.stream().limit(MOST_TOLD).toList();
  }

  /// @param reserved this run may have given so many numbers by the next call
  /// @param ended whether this run is over
  List<Run> toSave(long reserved, boolean ended) {
    var runs = new ArrayList<Run>();
    earlier.values().forEach(run -> runs.add(run.toSave(run.assigned(), true)));
    runs.add(current.toSave(ended ? current.assigned() : reserved, ended));
    return runs;
  }
}
