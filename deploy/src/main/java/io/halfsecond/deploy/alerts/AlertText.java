package io.halfsecond.deploy.alerts;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Printable;
import io.halfsecond.streams.alert.AlertIds;
import io.halfsecond.streams.alert.Words;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// Formats alerts as list entries for a person: the summary of the alert, and what a list needs
/// besides.
public final class AlertText {
  private AlertText() {}

  /// Time, state, tier, the digits of the id that `halfsecond ack` takes, and the summary, on one
  /// line.
  public static String line(Alert alert) {
    return head(alert) + "  " + summary(alert);
  }

  /// The same without the summary.
  public static String head(Alert alert) {
    return "%s  %-12s  %-5s  %s"
        .formatted(time(alert.getAt()), alert.getState(), alert.getTier(), shortId(alert));
  }

  /// The summary without control characters, which a terminal might obey: it repeats text that a
  /// person wrote.
  public static String summary(Alert alert) {
    return Printable.of(alert.getSummary());
  }

  /// The first digits of an alert's id.
  public static String shortId(Alert alert) {
    return Printable.of(AlertIds.shortId(alert));
  }

  /// All that is known of the alert, a line each, below its line in a list.
  public static List<String> evidence(Alert alert) {
    return Stream.concat(
            Stream.of(line(alert)),
            alert.getEvidence().stream().map(text -> "  " + Printable.of(text)))
        .toList();
  }

  /// A time as in lists and summaries.
  public static String time(Instant instant) {
    return Words.time(instant);
  }
}
