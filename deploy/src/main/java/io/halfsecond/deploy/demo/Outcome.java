package io.halfsecond.deploy.demo;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a demonstration came to.
///
/// @param delay what was injected; zero for nothing
/// @param alerts all OPENED records, in the order in which they came
public record Outcome(Duration delay, List<Alert> alerts) {
  public Outcome {
    alerts = List.copyOf(alerts);
  }

  /// Whether it came as it should: the alert for what was injected, or none for nothing.
  public boolean asExpected() {
    return delay.isZero() ? alerts.isEmpty() : opened(Signal.STARTUP).isPresent();
  }

  /// Whether everything is there that will come.
  boolean complete() {
    return opened(Signal.STARTUP).isPresent() && opened(Signal.CPU_STARTUP).isPresent();
  }

  /// The first alert that this signal went up.
  public Optional<Alert> opened(Signal signal) {
    return alerts.stream().filter(alert -> alert.getState() == AlertState.OPENED && alert.getSignal() == signal
      && alert.getDirection() == Direction.UP).findFirst();
  }
}
