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
import io.halfsecond.streams.telemetry.HostClock;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Input;
import java.time.Instant;

/// An output of an engine. One input gives a list of them.
public sealed interface Output {

  /// An output that leaves the topology's node as a record.
  sealed interface Published extends Output {
    /// Event time.
    Instant at();
  }

  /// An alert has changed. Its records are to be published.
  record Alerted(AlertChange change, Instant at) implements Published {}

  /// An input for the cohort of a host.
  record ToCohort(CohortInput input, Instant at) implements Published {}

  /// A new profile of a cohort, to be published.
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

  /// A record was skipped: it is a duplicate, or too old to exclude that.
  record LeftOut(HostState.Arrival reason) implements Output {}

  /// A record was not taken: it is not from who it says it is from.
  record Refused(Input.Forged record) implements Output {}

  /// A record gave no measurements.
  record NotMeasured(Unusable reason) implements Output {}

  /// A collector has sent a heartbeat.
  record HeartbeatSeen(String host, HostState state) implements Output {}

  /// The clock of a host was set. The host is judged on in its own order of events.
  record ClockWasSet(String host, HostClock.Step step) implements Output {}

  /// No heartbeat comes from a host whose collector has not said goodbye.
  record FellSilent(String host) implements Output {}

  /// Nothing has come from a host for [Retirement#AFTER]. It is no longer kept, and begins anew if
  /// it returns.
  record Retired(String host) implements Output {}

  /// The detector's state of a key has changed.
  ///
  /// @param ratio evidence divided by the limit: an alert opens at 1
  /// @param baseline connections in the baseline
  record Evidence(SignalKey key, double ratio, long baseline) implements Output {}

  static Output of(OpenAlerts alerts, Verdict verdict) {
    return new Alerted(alerts.take(verdict), verdict.at());
  }

  /// A decision was applied, or was ignored because it applies to no alert.
  record Decided(AlertControl control, boolean applied) implements Output {}
}
