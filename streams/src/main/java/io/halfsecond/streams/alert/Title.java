package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.streams.attribution.Suspects;

/// Writes an alert as a line that fits the title of a page or ticket, for example:
///
/// > web-17: sshd startup 8.2 ms → 513 ms, new library libslow.so.1 (no package) [05ab0f3f]
public final class Title {
  /// A title that is longer is cut off by pagers and terminals.
  private static final int SUSPECT_LENGTH = 120;

  private Title() {}

  static String of(Alert alert) {
    var view = FindingView.of(alert);
    return "%s: %s [%s]"
        .formatted(
            Who.title(alert),
            Sentence.isOver(alert) ? view.titleOver() : view.title() + cause(alert),
            AlertIds.shortId(alert));
  }

  private static String cause(Alert alert) {
    if (alert.getAttribution() == Attribution.UNCHANGED && alert.getScope() == AlertScope.HOST) {
      return ", no change found";
    }
    var suspect = suspect(alert);
    return suspect.isEmpty() ? "" : ", " + suspect;
  }

  /// The first suspect, for example `liblzma.so.5 (liblzma5 5.4.5-0.3 → 5.6.1-1)`; empty if there
  /// is none.
  public static String suspect(Alert alert) {
    return Suspects.first(alert.getChanges())
        .map(change -> Words.shortened(new ChangeText(change).title(), SUSPECT_LENGTH))
        .orElse("");
  }
}
