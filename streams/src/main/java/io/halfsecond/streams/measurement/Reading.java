package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.SelfTestReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one record tells in numbers. A heartbeat tells none, but that the host's clock has come as
/// far as `at`.
///
/// @param selfTest what is judged by itself and not among others
/// @param look if it was looked what sshd is made of
public record Reading(
    Instant at,
    List<Measurement> measurements,
    Optional<SelfTestReport> selfTest,
    Optional<Look> look) {
  public Reading {
    measurements = List.copyOf(measurements);
  }

  public Reading(Instant at, List<Measurement> measurements) {
    this(at, measurements, Optional.empty(), Optional.empty());
  }

  static Reading of(Look look, Instant at) {
    return new Reading(at, List.of(), Optional.empty(), Optional.of(look));
  }
}
