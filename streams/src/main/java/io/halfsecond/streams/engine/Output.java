package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.streams.alert.AlertChange;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.measurement.Measurements.Unusable;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.telemetry.HostState;
import java.time.Instant;

/// What an engine puts out for one input.
public sealed interface Output {

  /// An output that leaves the topology's node as a record.
  sealed interface Published extends Output {
    /// Event time.
    Instant at();
  }

  /// An alert has changed: its records are to be published.
  record Alerted(AlertChange change, Instant at) implements Published {}

  /// The cohort of a host is to hear of this.
  record ToCohort(CohortInput input, Instant at) implements Published {}

  /// A profile of a cohort is to be published.
  record Profiled(CohortProfile profile) implements Published {
    @Override
    public Instant at() {
      return profile.getEffectiveFrom();
    }
  }

  /// A record was measured.
  record Measured(Reading reading) implements Published {
    @Override
    public Instant at() {
      return reading.at();
    }
  }

  /// A record was left out because it was seen before, or is too old to tell.
  record Skipped(SeenIds.Answer reason) implements Output {}

  /// A record gave no measurements.
  record NotMeasured(Unusable reason) implements Output {}

  /// A collector has sent a heartbeat.
  record Heartbeat(String host, HostState state) implements Output {}

  /// The detector's state of a key has changed.
  ///
  /// @param ratio evidence divided by the limit: an alert opens at 1
  /// @param baseline connections in the baseline
  record Evidence(SignalKey key, double ratio, long baseline) implements Output {}

  static Output of(OpenAlerts alerts, Verdict verdict) {
    return new Alerted(alerts.take(verdict), verdict.at());
  }

  /// A decision was applied, or ignored because there is no alert that it can be about.
  record Decided(AlertControl control, boolean applied) implements Output {}
}
