package io.halfsecond.deploy.faults;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a hostile client did, as a table: a row for each.
final class HostileTable {
  private final FaultTable table;

  private HostileTable(FaultTable table) {
    this.table = table;
  }

  static HostileTable ofThisRun() {
    return new HostileTable(FaultTable.ofThisRun());
  }

  /// What became of one.
  ///
  /// @param taken records of the client that Kafka took
  /// @param refused records of the client that Kafka refused
  /// @param deadLetters by reason
  /// @param alertsExpected records of the alerts of honest hosts in the undisturbed run
  /// @param before times from a record of an honest host to its alert, in the undisturbed run, the
  ///   shortest first
  /// @param delays the same beside the client
  /// @param notReady for how long at a stretch the topology was not ready
  /// @param memoryAtStart resident memory of the topology, in bytes, before the client began
  record Row(
      long taken,
      long refused,
      Map<String, Long> deadLetters,
      long alertsExpected,
      long alertsSeen,
      List<Duration> before,
      List<Duration> delays,
      Duration notReady,
      long memoryAtStart,
      long memoryMost,
      long memoryAtEnd) {}

  void add(String client, Row row) {
    table.addHostile(
        client,
        String.format(
            Locale.ROOT,
            "| %s | %,d | %,d | %s | %,d | %,d | %s | %s | %.1f | %.1f | %,d | %,d | %,d |%n",
            client,
            row.taken,
            row.refused,
            row.deadLetters.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(
                    entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ")),
            row.alertsExpected,
            row.alertsSeen,
            medianAndMost(row.before),
            medianAndMost(row.delays),
            seconds(median(row.delays)) / seconds(median(row.before)),
            seconds(row.notReady),
            row.memoryAtStart >> 20,
            row.memoryMost >> 20,
            row.memoryAtEnd >> 20));
  }

  private static String medianAndMost(List<Duration> sorted) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f)", seconds(median(sorted)), seconds(sorted.getLast()));
  }

  private static Duration median(List<Duration> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
