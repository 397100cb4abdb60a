package io.halfsecond.collector.spool;

import java.util.Map;

/// What is known about the records of one run of the collector.
///
/// @param bootId of the kernel that it ran on: if it still runs, whatever the run wrote is there
/// @param assigned how many numbers it gave
/// @param reserved how many it may have given: an upper bound when the machine has crashed
/// @param acknowledged how many records were acknowledged
/// @param lastAcknowledged by topic, the number of the record acknowledged last
/// @param lastSettled by topic, the number up to which all records are acknowledged or given up:
///   those that were rejected are not sent again
/// @param dropped by reason
/// @param unaccounted numbers whose records are neither acknowledged nor dropped nor on disk
/// @param ended whether the numbers are final
/// @param settledAtMillis when the last record was acknowledged or given up, by the wall clock; 0
///   before
public record Run(
    String collector,
    String bootId,
    long assigned,
    long reserved,
    long acknowledged,
    Map<String, Long> lastAcknowledged,
    Map<String, Long> lastSettled,
    Map<String, Long> dropped,
    long unaccounted,
    boolean ended,
    long settledAtMillis) {
  public Run {
    lastAcknowledged = Map.copyOf(lastAcknowledged);
    lastSettled = Map.copyOf(lastSettled);
    dropped = Map.copyOf(dropped);
  }

  /// A run of which no more is known than records on disk.
  static Run unknown(String collector) {
    return new Run(collector, "", 0, 0, 0, Map.of(), Map.of(), Map.of(), 0, false, 0);
  }

  public long droppedInAll() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }
}
