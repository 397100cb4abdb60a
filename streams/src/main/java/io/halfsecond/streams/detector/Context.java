package io.halfsecond.streams.detector;

import java.util.Optional;

/// What the detector knows about a key apart from its samples.
///
/// @param prior distribution of the cohort of the key; empty if there is none
/// @param deseasonalised whether the daily and weekly season of the signal has been removed from
///   its samples. If not, [Tier#CREEP] is not evaluated: shifts of a few percent are the time of
///   day.
/// @param hosts that share the budget of the fleet, at least 1
public record Context(
    SignalSettings signal, Optional<Prior> prior, boolean deseasonalised, long hosts) {
  public Context {
    if (hosts < 1) {
      throw new IllegalArgumentException("hosts must be at least 1, not " + hosts);
    }
  }

  /// The context of a key without cohort and fleet.
  public static Context alone(SignalSettings signal) {
    return new Context(signal, Optional.empty(), false, 1);
  }
}
