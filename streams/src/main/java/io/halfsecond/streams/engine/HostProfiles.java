package io.halfsecond.streams.engine;

import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Instant;
import java.util.Optional;

/// The profiles of the cohorts of hosts.
record HostProfiles(HostStates hosts, Profiles profiles) {
  /// The profile in force at a time for a key of a host.
  Optional<Profile> of(SignalKey key, Instant at) {
    var cohort = hosts.get(key.owner()).cohort();
    return cohort.isEmpty()
        ? Optional.empty()
        : profiles.at(new SignalKey(cohort, key.signal(), key.stratum()), at);
  }
}
