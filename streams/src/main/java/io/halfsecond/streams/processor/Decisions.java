package io.halfsecond.streams.processor;

import io.halfsecond.schemas.AlertControl;
import io.halfsecond.streams.metric.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what people decided about alerts, by whether there was anything that it could be about.
public final class Decisions {
  private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

  private final Counter applied;
  private final Counter ignored;

  public Decisions(MeterRegistry registry) {
    applied = counter(registry, "applied");
    ignored = counter(registry, "ignored");
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder(Meters.DECISIONS).tag("result", result).register(registry);
  }

  void count(AlertControl control, boolean carriedOut) {
    if (carriedOut) {
      applied.increment();
    } else {
      ignored.increment();
      LOG.warn(
          "a decision on alert {} is ignored: it is not open, or was not accepted last",
          control.getAlertId());
    }
  }
}
