package io.halfsecond.streams;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// For how long the record has waited that waits longest to be judged.
///
/// Records have the time of the event, which may be hours ago when they reach Kafka. So it is
/// remembered when each end of a partition was first seen: a record waits since the end behind it
/// was there, until what was judged is committed beyond it.
///
/// Not safe for use by several threads.
final class JudgingDelay {
  /// Of a partition; beyond them, times are those of an earlier record.
  private static final int MOST_ENDS = 1_000;

  /// How far a partition is.
  ///
  /// @param committed offset up to which records are judged and the judgement is committed; 0 if
  ///   none is known
  /// @param fetched offset up to which records are here; 0 if none are
  /// @param behind records beyond that
  record Progress(long committed, long fetched, long behind) {
    private long end() {
      return fetched + behind;
    }
  }

  /// An end of a partition, and when it was first seen.
  private record End(long offset, long seenNanos) {}

  private final Map<TopicPartition, Deque<End>> ends = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private long judgedNanos;

  JudgingDelay(long nowNanos) {
    judgedNanos = nowNanos;
  }

  /// @param partitions those of this instance
  void look(long nowNanos, Map<TopicPartition, Progress> partitions) {
    ends.keySet().retainAll(partitions.keySet());
    committed.keySet().retainAll(partitions.keySet());
    partitions.forEach(
        (partition, progress) -> {
          var before = committed.put(partition, progress.committed());
          if (before != null && progress.committed() > before) {
            judgedNanos = nowNanos;
          }
          look(nowNanos, ends.computeIfAbsent(partition, _ -> new ArrayDeque<>()), progress);
        });
  }

  private static void look(long nowNanos, Deque<End> seen, Progress progress) {
    if (!seen.isEmpty() && progress.end() < seen.getLast().offset()) {
      // The topic was made anew.
      seen.clear();
    }
    if (seen.isEmpty() || progress.end() > seen.getLast().offset()) {
      long since = seen.size() < MOST_ENDS ? nowNanos : seen.removeLast().seenNanos();
      seen.addLast(new End(progress.end(), since));
    }
    while (!seen.isEmpty() && seen.getFirst().offset() <= progress.committed()) {
      seen.removeFirst();
    }
  }

  /// Zero if nothing waits.
  Duration waiting(long nowNanos) {
    return ends.values().stream()
        .flatMap(seen -> seen.stream().limit(1))
        .map(end -> Duration.ofNanos(nowNanos - end.seenNanos()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /// Since a record was judged, or since the start.
  Duration sinceJudged(long nowNanos) {
    return Duration.ofNanos(nowNanos - judgedNanos);
  }
}
