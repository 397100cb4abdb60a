package io.halfsecond.deploy.demo;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The result of a demonstration.
///
/// @param delay the delay that was injected; zero for none
/// @param swappedAt when
/// @param alerts all OPENED records, in the order in which they came
/// @param toTheEnd false if it was stopped early
public record Outcome(Duration delay, Instant swappedAt, List<Alert> alerts, boolean toTheEnd) {
  public Outcome {
    alerts = List.copyOf(alerts);
  }

  /// Whether the result is as expected: an alert for a delay; without a delay, no alert until the
  /// end.
  public boolean asExpected() {
    return falseAlarms().isEmpty()
        && (delay.isZero() ? toTheEnd : opened(Signal.STARTUP).isPresent());
  }

  /// Alerts without a cause.
  public List<Alert> falseAlarms() {
    return delay.isZero()
        ? alerts
        : alerts.stream().filter(alert -> alert.getOpenedAt().isBefore(swappedAt)).toList();
  }

  /// The first alert since the swap that says that this signal went up.
  public Optional<Alert> opened(Signal signal) {
    return alerts.stream()
        .filter(
            alert ->
                !alert.getOpenedAt().isBefore(swappedAt)
                    && alert.getFinding() instanceof ShiftFinding shift
                    && shift.getSignal() == signal
                    && shift.getDirection() == Direction.UP)
        .findFirst();
  }

  /// Whether every expected alert has come.
  boolean complete() {
    return !delay.isZero()
        && opened(Signal.STARTUP).isPresent()
        && opened(Signal.CPU_STARTUP).isPresent();
  }
}
