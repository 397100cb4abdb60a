package io.halfsecond.deploy.faults;

import io.halfsecond.schemas.Alert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What each fault did, as a table: a row per fault, in the order of their names.
public final class FaultTable {
  private static final String FAULTS =
      """
      # What faults do

      Written by `make faults`, which breaks one thing at a time on three brokers and processes of the distribution.
      Produced and delivered are different logins (faults of a collector) or records without heartbeats (faults of
      the topology). Alert records are compared with those of a run without a fault, field by field but for the
      strength of the evidence. Repeats are further copies of records on the topics, which the topology passes over.
      Recovery is the time from the end of the fault until everything was there; start of
      processes and backlog included.

      | fault | produced | delivered | told as lost | alert records expected | seen | duplicates | repeats | recovery, s |
      |---|---|---|---|---|---|---|---|---|
      """;

  private static final String HOSTILE_TITLE = "## Beside a hostile client\n";

  private static final String HOSTILE =
      """

      A client with the credentials of one collector writes as fast as Kafka takes it: extreme and bent records of its own
      host, records of invented hosts, noise and oversized values, on every topic that a collector may write. One broker with
      users, rights and `stream.authentication: required`; client, broker and topology share two processors. The alerts are
      those of the honest hosts beside it. Delay is the time from a record of an honest host in Kafka to its alert, median
      and longest. Ratio is that of the medians. Memory is resident memory of the topology.

      | client | records taken | refused by Kafka | dead letters | alert records expected | seen | delay without it, s | delay beside it, s | ratio | longest not ready, s | memory before, MiB | most | after |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  private final Path file;
  private final Map<String, String> rows = new TreeMap<>();
  private final Map<String, String> hostile = new TreeMap<>();

  private FaultTable(Path file) {
    this.file = file;
  }

  /// The table that the system property `faults.table` names. It gets each row when it is known,
  /// and rows of other faults stay.
  public static FaultTable ofThisRun() {
    return new FaultTable(Path.of(System.getProperty("faults.table", "target/faults.md")));
  }

  /// What became of one fault.
  ///
  /// @param produced logins or records that were made
  /// @param delivered different ones that are on their topic, or were judged
  /// @param lost what was counted as lost
  /// @param alertsExpected records of alerts of the undisturbed run
  /// @param duplicates alert records that are there twice, or logins under two ids
  /// @param repeats further copies of records on the topics, which the topology passes over
  /// @param recovered from the end of the fault until the next record got through
  public record Row(
      long produced,
      long delivered,
      long lost,
      long alertsExpected,
      long alertsSeen,
      long duplicates,
      long repeats,
      Duration recovered) {}

  /// What became of the topology's alerts.
  ///
  /// @param expected alert records of the undisturbed run
  public static Row ofAlerts(
      long produced,
      long delivered,
      long lost,
      int expected,
      List<Alert> seen,
      long repeats,
      Duration recovered) {
    long different =
        seen.stream().map(alert -> alert.getAlertId() + alert.getRevision()).distinct().count();
    return new Row(
        produced,
        delivered,
        lost,
        expected,
        seen.size(),
        seen.size() - different,
        repeats,
        recovered);
  }

  public void add(String fault, Row row) {
    rows.put(
        fault,
        String.format(
            Locale.ROOT,
            "| %s | %,d | %,d | %,d | %,d | %,d | %,d | %,d | %.1f |%n",
            fault,
            row.produced(),
            row.delivered(),
            row.lost(),
            row.alertsExpected(),
            row.alertsSeen(),
            row.duplicates(),
            row.repeats(),
            row.recovered().toMillis() / 1e3));
    write();
  }

  /// Adds a row of the second table, which is about a hostile client.
  void addHostile(String client, String row) {
    hostile.put(client, row);
    write();
  }

  private void write() {
    try {
      var before = Files.exists(file) ? Files.readString(file) : "";
      int second = before.indexOf(HOSTILE_TITLE);
      Files.writeString(
          file,
          FAULTS
              + together(second < 0 ? before : before.substring(0, second), rows)
              + "\n"
              + HOSTILE_TITLE
              + HOSTILE
              + together(second < 0 ? "" : before.substring(second), hostile));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The rows of a table that were there, and those of this run.
  private static String together(String before, Map<String, String> now) {
    var all = new TreeMap<String, String>();
    before
        .lines()
        .filter(line -> line.startsWith("| ") && !line.matches("\\| (fault|client) .*"))
        .forEach(line -> all.put(line.substring(2, line.indexOf(" | ", 2)), line + "\n"));
    all.putAll(now);
    return String.join("", all.values());
  }
}
