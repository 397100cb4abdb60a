package io.halfsecond.streams.alert;

import io.halfsecond.schemas.Alert;
import java.util.List;
import java.util.Optional;

/// How the open alert on a subject, or an incident, has changed.
///
/// @param before the last record of the alert that was open
/// @param open the newest record of the alert that is open now
/// @param records to be published, in order
public record AlertChange(Optional<Alert> before, Optional<Alert> open, List<Alert> records) {
  public AlertChange {
    records = List.copyOf(records);
  }

  /// One new record of an alert.
  public static AlertChange of(Optional<Alert> before, Alert now) {
    return new AlertChange(
        before, Optional.of(now).filter(alert -> !OpenAlerts.isOver(alert)), List.of(now));
  }
}
