package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Member;
import java.util.ArrayList;
import java.util.List;

/// Writes all that is known of an alert, a line each: figures, changes with paths and hashes,
/// hosts, telemetry, decision and id.
final class EvidenceList {
  /// Maximum number of hosts of an incident that are named. The record has up to 2,000.
  private static final int NAMED = 20;

  /// Enough for a chain of a dozen paths. The record has the whole of it.
  private static final int LINE_LENGTH = 2_000;

  private EvidenceList() {}

  static List<String> of(Alert alert) {
    var lines = new ArrayList<String>();
    lines.add(Title.of(alert));
    lines.addAll(FindingView.of(alert).evidence());
    var suspects = alert.getChanges().stream().filter(Change::getFits).toList();
    for (int i = 0; i < suspects.size(); i++) {
      lines.add("Suspect %d: %s".formatted(i + 1, new ChangeText(suspects.get(i)).evidence()));
    }
    alert.getChanges().stream()
        .filter(change -> !change.getFits())
        .map(change -> "Earlier, not suspected: " + new ChangeText(change).evidence())
        .forEach(lines::add);
    if (suspects.isEmpty()) {
      var reason = Reason.of(alert).strip();
      if (!reason.isEmpty()) {
        lines.add(reason);
      }
    }
    Reason.contrast(alert).ifPresent(lines::add);
    hosts(alert, lines);
    Sentence.telemetry(alert).ifPresent(lines::add);
    var decision = Sentence.acknowledgement(alert).strip();
    if (!decision.isEmpty()) {
      lines.add(decision);
    }
    lines.add("Alert " + alert.getAlertId());
    return lines.stream().map(line -> Words.shortened(line, LINE_LENGTH)).toList();
  }

  private static void hosts(Alert alert, List<String> lines) {
    var hosts = Who.hosts(alert);
    if (hosts.size() > 1) {
      long recovered = alert.getMembers().stream().filter(Member::getRecovered).count();
      lines.add(
          "%s: %s%s"
              .formatted(
                  Words.count(hosts.size(), "host"),
                  Who.names(hosts, NAMED),
                  recovered > 0 ? "; %,d recovered".formatted(recovered) : ""));
    }
  }
}
