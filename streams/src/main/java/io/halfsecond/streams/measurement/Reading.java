package io.halfsecond.streams.measurement;

import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A record with the measurements taken from it. A heartbeat has none, but it advances the clock of
/// its host.
public record Reading(Telemetry telemetry, List<Measurement> measurements) {
  public Reading {
    measurements = List.copyOf(measurements);
  }

  public String host() {
    return telemetry.host();
  }

  public Instant at() {
    return telemetry.at();
  }

  /// The inspection that the record reports, if it reports one.
  public Optional<Inspection> inspection() {
    return switch (telemetry) {
      case Telemetry.Inventory(var fingerprint) ->
          Optional.of(new Inspection(fingerprint.getAt(), Optional.of(fingerprint)));
      case Telemetry.Heartbeat(var status) ->
          status.getInventoryAt().map(at -> new Inspection(at, Optional.empty()));
      case Telemetry.Authentication _,
          Telemetry.Session _,
          Telemetry.Probe _,
          Telemetry.SelfTest _,
          Telemetry.Tampering _ ->
          Optional.empty();
    };
  }
}
