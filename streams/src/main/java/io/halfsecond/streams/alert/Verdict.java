package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Instant;
import java.util.Optional;

/// What becomes of an alert.
public sealed interface Verdict {
  Subject subject();

  /// When it became due, by event time.
  Instant at();

  /// Whom an alert is about.
  ///
  /// @param key of a host, or of a cohort
  /// @param cohort that the host belongs to, or that it is about; empty for none
  /// @param ofCohort whether it is about the cohort as a whole
  record Subject(SignalKey key, String cohort, boolean ofCohort) {
    private static final String HOST = "host/";

    /// Names the open alert of this subject in a store: hosts and cohorts may share a name.
    public String text() {
      return (ofCohort ? "cohort/" : HOST) + key.text();
    }

    /// What the texts of all subjects that are a host begin with, and of no other.
    static String prefix(String host) {
      return HOST + SignalKey.prefix(host);
    }
  }

  /// A step in an alert's life.
  ///
  /// @param scale what one unit of the detector's figures is in the unit of the signal
  /// @param telemetryComplete false if telemetry of the host is known to have been lost since the
  ///   onset
  /// @param word of the person whose decision it is, if it is one
  record Step(
      Subject subject,
      AlertStep step,
      double scale,
      boolean telemetryComplete,
      Optional<Acknowledgement> word)
      implements Verdict {
    @Override
    public Instant at() {
      return step.facts().at();
    }
  }

  /// An acceptance was undone: the baseline of before the alert with this id is in force again.
  record RolledBack(Subject subject, String alertId, Acknowledgement word) implements Verdict {
    @Override
    public Instant at() {
      return word.getAt();
    }
  }
}
