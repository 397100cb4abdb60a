package io.halfsecond.streams.cohort;

import io.halfsecond.streams.measurement.SignalKey;
import java.time.Instant;
import java.util.Optional;

/// The profiles that have been published.
public interface Profiles {
  /// The profile in force at some time: the last one that took effect in the week before.
  ///
  /// @param cohort of which cohort, signal and stratum
  Optional<Profile> at(SignalKey cohort, Instant at);

  /// Whether a profile takes effect from `from` on and before `to`.
  boolean anyBetween(SignalKey cohort, Instant from, Instant to);
}
