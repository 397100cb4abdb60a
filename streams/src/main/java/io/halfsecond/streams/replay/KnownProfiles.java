package io.halfsecond.streams.replay;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.streams.cohort.Profile;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The profiles that this replay has made, of the last two weeks: the times of hosts may be some
/// days apart.
final class KnownProfiles implements Profiles {
  private static final Duration KEPT = VALID.multipliedBy(2);

  /// By the second from which they are valid, as in the keys of their topic.
  private final Map<SignalKey, NavigableMap<Long, Profile>> profiles = new HashMap<>();

  /// The first profile for a key and time is final.
  void publish(CohortProfile profile) {
    var key = new SignalKey(profile.getCohort(), profile.getSignal(), profile.getStratum());
    var ofKey = profiles.computeIfAbsent(key, _ -> new TreeMap<>());
    ofKey.putIfAbsent(profile.getEffectiveFrom().getEpochSecond(), Profile.of(profile));
    ofKey.headMap(ofKey.lastKey() - KEPT.toSeconds(), false).clear();
  }

  @Override
  public Optional<Profile> at(SignalKey cohort, Instant at) {
    return of(cohort)
        .map(ofKey -> ofKey.floorEntry(at.getEpochSecond()))
        .filter(last -> last.getKey() >= at.minus(VALID).getEpochSecond())
        .map(Map.Entry::getValue);
  }

  @Override
  public boolean anyBetween(SignalKey cohort, Instant from, Instant to) {
    return of(cohort)
        .map(ofKey -> ofKey.ceilingKey(from.getEpochSecond()))
        .filter(first -> first < to.getEpochSecond())
        .isPresent();
  }

  private Optional<NavigableMap<Long, Profile>> of(SignalKey cohort) {
    return Optional.ofNullable(profiles.get(cohort));
  }
}
