package io.halfsecond.deploy.demo;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a demonstration came to.
///
/// @param delay what was injected; zero for nothing
/// @param swappedAt when
/// @param alerts all OPENED records, in the order in which they came
/// @param toTheEnd false if it was stopped before its time
public record Outcome(Duration delay, Instant swappedAt, List<Alert> alerts, boolean toTheEnd) {
  public Outcome {
    alerts = List.copyOf(alerts);
  }

  /// Whether it came as it should: the alert for what was injected, or, to the end, none for
  /// nothing.
  public boolean asExpected() {
    return falseAlarms().isEmpty()
        && (delay.isZero() ? toTheEnd : opened(Signal.STARTUP).isPresent());
  }

  /// Alerts that nothing was injected for.
  public List<Alert> falseAlarms() {
    return delay.isZero()
        ? alerts
        : alerts.stream().filter(alert -> alert.getOpenedAt().isBefore(swappedAt)).toList();
  }

  /// The first alert, since the swap, that this signal went up.
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

  /// Whether everything is there that the delay should bring.
  boolean complete() {
    return !delay.isZero()
        && opened(Signal.STARTUP).isPresent()
        && opened(Signal.CPU_STARTUP).isPresent();
  }
}
