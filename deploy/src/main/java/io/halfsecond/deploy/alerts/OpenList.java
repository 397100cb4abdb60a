package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import java.util.List;
import java.util.stream.Stream;

/// Open alerts as a list for a person: one line for each decision to take.
public final class OpenList {
  private static final String BELOW = "  └ ";

  private OpenList() {}

  /// @param all whether to list the alerts that an incident covers below it, or only to count them
  public static List<String> of(NewestAlerts alerts, boolean all) {
    var open = alerts.open();
    return alerts.openForAPerson().stream()
        .flatMap(
            alert ->
                Stream.concat(
                    Stream.of(AlertText.line(alert)),
                    below(alerts.below(alert).stream().filter(open::contains).toList(), all)))
        .toList();
  }

  private static Stream<String> below(List<Alert> below, boolean all) {
    if (all) {
      return below.stream().map(alert -> BELOW + AlertText.line(alert));
    }
    long hosts =
        below.stream().map(Alert::getHost).filter(host -> !host.isEmpty()).distinct().count();
    return below.isEmpty()
        ? Stream.of()
        : Stream.of(
            BELOW
                + "%,d open %s of %,d %s: --all"
                    .formatted(
                        below.size(),
                        below.size() == 1 ? "alert" : "alerts",
                        hosts,
                        hosts == 1 ? "host" : "hosts"));
  }
}
