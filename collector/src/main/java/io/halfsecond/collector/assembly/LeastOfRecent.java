package io.halfsecond.collector.assembly;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/// The least of a figure over recent connections: all of the last two minutes, and in any case the
/// last [#FEWEST].
///
/// Two minutes always hold a round of the active probe, whose client is prompt.
final class LeastOfRecent {
  static final int FEWEST = 5;
  private static final long RECENT_NANOS = Duration.ofMinutes(2).toNanos();

  private record Figure(long serial, long atNanos, long value) {}

  /// Those that are or may become the least: each is less than all after it.
  private final Deque<Figure> candidates = new ArrayDeque<>();

  private long added;

  void add(long atNanos, long value) {
    while (!candidates.isEmpty() && candidates.getLast().value >= value) {
      candidates.removeLast();
    }
    candidates.addLast(new Figure(added++, atNanos, value));
    while (candidates.getFirst().serial < added - FEWEST
        && candidates.getFirst().atNanos < atNanos - RECENT_NANOS) {
      candidates.removeFirst();
    }
  }

  /// @param fewest how many connections it takes
  /// @return empty if there were fewer
  OptionalLong least(int fewest) {
    return added < fewest || candidates.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(candidates.getFirst().value);
  }
}
