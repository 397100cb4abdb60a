package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Printable;

/// Writes the texts of an alert into its record, in three lengths: a title, a few sentences, and
/// the evidence. Whoever shows an alert takes one of these, so all of them say the same.
public final class AlertTexts {
  private AlertTexts() {}

  /// @param alert complete except for its texts
  public static void write(Alert alert) {
    alert.setTitle(Printable.of(Title.of(alert)));
    alert.setSummary(Printable.of(Sentence.of(alert)));
    alert.setEvidence(EvidenceList.of(alert).stream().map(Printable::of).toList());
  }
}
