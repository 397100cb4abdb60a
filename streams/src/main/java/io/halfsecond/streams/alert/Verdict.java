package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.TelemetryLoss;
import io.halfsecond.schemas.Tier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The conclusion of a finder about one alert.
public sealed interface Verdict {
  Subject subject();

  /// The event time of the conclusion.
  Instant at();

  /// The event times of a finding, as in the alert.
  record AlertTimes(
      Instant openedAt, Instant onset, Optional<Instant> onsetNotBefore, Instant onsetNotAfter) {}

  /// A step in the life of an alert.
  ///
  /// @param finding one of the kinds of the schema
  /// @param losses what was lost of the telemetry of the host since the onset
  /// @param acknowledgement the decision that led to the step, if one did
  record Step(
      Subject subject,
      AlertState state,
      Tier tier,
      Instant at,
      AlertTimes times,
      Object finding,
      List<TelemetryLoss> losses,
      Optional<Acknowledgement> acknowledgement)
      implements Verdict {}

  /// An acceptance was rolled back: the previous baseline is valid again.
  record RolledBack(Subject subject, Acknowledgement acknowledgement) implements Verdict {
    @Override
    public Instant at() {
      return acknowledgement.getAt();
    }
  }

  /// Whether a decision is about the alert on the subject that opened at `openedAt`.
  static boolean isAbout(AlertControl control, Subject subject, Instant openedAt) {
    return AlertIds.of(subject.text(), openedAt).equals(control.getAlertId());
  }
}
