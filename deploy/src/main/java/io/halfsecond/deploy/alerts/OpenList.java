package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.streams.alert.Words;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Open alerts as a list for a person: an entry for each decision to take.
///
/// @param rest open alerts that are asked for, and covered by one that is not
public record OpenList(List<Entry> entries, List<Alert> rest) {
  private static final String BELOW = "  └ ";

  public OpenList {
    entries = List.copyOf(entries);
    rest = List.copyOf(rest);
  }

  /// @param below the open alerts that it covers
  public record Entry(Alert alert, List<Alert> below) {
    public Entry {
      below = List.copyOf(below);
    }

    /// The mark before an alert that is below another.
    public static String mark(String line) {
      return BELOW + line;
    }

    /// How many alerts are below it; nothing if there are none.
    public Stream<String> count() {
      long hosts =
          below.stream().map(Alert::getHost).filter(host -> !host.isEmpty()).distinct().count();
      return below.isEmpty()
          ? Stream.of()
          : Stream.of(
              mark(
                  "%s of %s: --all"
                      .formatted(
                          Words.count(below.size(), "open alert"), Words.count(hosts, "host"))));
    }
  }

  /// @param asked for which alerts; entries and what is below them
  public static OpenList of(NewestAlerts alerts, Predicate<Alert> asked) {
    var open = alerts.open().stream().filter(asked).toList();
    var entries =
        alerts.openForAPerson().stream()
            .filter(asked)
            .map(
                alert ->
                    new Entry(alert, alerts.below(alert).stream().filter(open::contains).toList()))
            .toList();
    var listed =
        entries.stream()
            .flatMap(entry -> Stream.concat(Stream.of(entry.alert), entry.below.stream()))
            .toList();
    return new OpenList(entries, open.stream().filter(alert -> !listed.contains(alert)).toList());
  }
}
