package io.halfsecond.deploy.alerts;

import io.halfsecond.deploy.terminal.Columns;
import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.Who;
import io.halfsecond.streams.alert.Words;
import java.util.List;
import java.util.stream.Stream;

/// Alerts as the rows of a table, a line each. The columns are as wide as the alerts need that are
/// known at first: a later one that needs more moves the rest of its row.
public final class AlertTable {
  private static final List<String> HEADER =
      List.of("OPENED", "HOST OR INCIDENT", "SIGNAL", "FROM → TO", "TIER", "STATE", "ID");

  private final Columns columns;

  /// @param first alerts that are known at first
  public AlertTable(List<Alert> first) {
    columns =
        new Columns(
            Stream.concat(Stream.of(HEADER), first.stream().map(AlertTable::cells)).toList());
  }

  public String header() {
    return columns.line(HEADER);
  }

  public String row(Alert alert) {
    return columns.line(cells(alert));
  }

  private static List<String> cells(Alert alert) {
    return List.of(
        AlertText.time(alert.getOpenedAt()),
        Who.title(alert),
        signal(alert),
        moved(alert),
        alert.getTier().toString(),
        alert.getState().toString(),
        AlertText.shortId(alert));
  }

  /// With the stratum, unless it is that of all connections.
  private static String signal(Alert alert) {
    return FindingView.stratum(alert).equals("all")
        ? FindingView.signal(alert)
        : alert.getSubject();
  }

  /// A contradiction has no size.
  private static String moved(Alert alert) {
    return FindingView.of(alert)
        .moved()
        .map(
            moved ->
                "%s → %s"
                    .formatted(
                        Words.amount(moved.before(), moved.unit()),
                        Words.amount(moved.after(), moved.unit())))
        .orElse("–");
  }
}
