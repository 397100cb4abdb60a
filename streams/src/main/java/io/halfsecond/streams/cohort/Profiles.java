package io.halfsecond.streams.cohort;

import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The profiles that have been published.
public interface Profiles {
  /// Older profiles are outdated and not used.
  Duration VALID = Duration.ofDays(7);

  /// The profile in force at a time: the last one that took effect within [#VALID] before it.
  ///
  /// @param cohort the cohort, signal and stratum
  Optional<Profile> at(SignalKey cohort, Instant at);

  /// Whether a profile takes effect at or after `from` and before `to`.
  boolean anyBetween(SignalKey cohort, Instant from, Instant to);
}
