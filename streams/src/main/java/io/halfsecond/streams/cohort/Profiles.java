package io.halfsecond.streams.cohort;

import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The profiles that have been published.
public interface Profiles {
  /// An older one is out of date: better none.
  Duration VALID = Duration.ofDays(7);

  /// The profile in force at some time: the last one that took effect within [#VALID] before.
  ///
  /// @param cohort of which cohort, signal and stratum
  Optional<Profile> at(SignalKey cohort, Instant at);

  /// Whether a profile takes effect from `from` on and before `to`.
  boolean anyBetween(SignalKey cohort, Instant from, Instant to);
}
