package io.halfsecond.streams.processor;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;

/// Counts the records of alerts by their state.
final class AlertCounter {
  private final EnumMap<AlertState, Counter> records = new EnumMap<>(AlertState.class);

  AlertCounter(MeterRegistry registry) {
    for (var state : AlertState.values()) {
      if (state != AlertState.UNKNOWN) {
        records.put(
            state,
            Counter.builder(Meters.ALERT_RECORDS)
                .tag("state", AlertBoard.lower(state))
                .register(registry));
      }
    }
  }

  void count(Alert alert) {
    var counter = records.get(alert.getState());
    if (counter != null) {
      counter.increment();
    }
  }
}
