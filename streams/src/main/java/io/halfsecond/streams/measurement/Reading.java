package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.SelfTestReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one record tells in numbers. A heartbeat tells none, but that the host's clock has come as far as `at`.
///
/// @param selfTest what is judged by itself and not among others
public record Reading(Instant at, List<Measurement> measurements, Optional<SelfTestReport> selfTest) {
  public Reading {
    measurements = List.copyOf(measurements);
  }

  public Reading(Instant at, List<Measurement> measurements) {
    this(at, measurements, Optional.empty());
  }
}
