package io.halfsecond.streams.measurement;

import java.time.Instant;
import java.util.List;

/// What one record tells in numbers. A heartbeat tells none, but that the host's clock has come as far as `at`.
public record Reading(Instant at, List<Measurement> measurements) {
  public Reading {
    measurements = List.copyOf(measurements);
  }
}
