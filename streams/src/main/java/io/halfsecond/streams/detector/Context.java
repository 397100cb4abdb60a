package io.halfsecond.streams.detector;

import java.util.Optional;

/// What is known about a key from elsewhere at some time.
///
/// @param prior what the key's cohort looks like; empty if there is none
/// @param deseasonalised whether the daily and weekly rhythm of the signal has been taken out of
///   its samples. Without that, shifts of a few percent are the time of day: [Tier#CREEP] is not
///   judged.
/// @param hosts that share the fleet's budget, at least 1
public record Context(
    SignalSettings signal, Optional<Prior> prior, boolean deseasonalised, long hosts) {
  public Context {
    if (hosts < 1) {
      throw new IllegalArgumentException("hosts must be at least 1, not " + hosts);
    }
  }

  /// A key on its own.
  public static Context alone(SignalSettings signal) {
    return new Context(signal, Optional.empty(), false, 1);
  }
}
