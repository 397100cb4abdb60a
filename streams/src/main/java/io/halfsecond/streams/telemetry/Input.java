package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AlertControl;
import java.time.Instant;

/// A record that the topology reads: telemetry of a collector, or a decision about an alert.
public sealed interface Input permits Telemetry, Input.Control {

  /// A decision about an alert.
  record Control(AlertControl control) implements Input {
    @Override
    public String key() {
      return control.getHost().isEmpty() ? control.getCohort() : control.getHost();
    }

    @Override
    public Instant at() {
      return control.getAcknowledgement().getAt();
    }
  }

  /// Event time.
  Instant at();

  /// The key of its Kafka record: the host or, of a decision about a cohort, the cohort. Decisions
  /// are keyed like telemetry, so that one task sees both.
  String key();
}
