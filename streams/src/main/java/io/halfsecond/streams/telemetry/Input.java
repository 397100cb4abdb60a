package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.AlertControl;
import java.time.Instant;

/// A record that the topology reads: telemetry of a collector, or a decision about an alert.
public sealed interface Input permits Telemetry, Input.Control {

  /// A decision about an alert.
  record Control(AlertControl control) implements Input {
    @Override
    public Instant at() {
      return control.getAcknowledgement().getAt();
    }
  }

  /// Event time.
  Instant at();
}
