package io.halfsecond.streams.cohort;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Profiles that a test publishes.
public final class PublishedProfiles implements Profiles {
  private final Map<SignalKey, NavigableMap<Instant, Profile>> profiles = new HashMap<>();

  public void publish(CohortProfile profile) {
    of(new SignalKey(profile.getCohort(), profile.getSignal(), profile.getStratum()))
        .putIfAbsent(profile.getEffectiveFrom(), Profile.of(profile));
  }

  private NavigableMap<Instant, Profile> of(SignalKey cohort) {
    return profiles.computeIfAbsent(cohort, _ -> new TreeMap<>());
  }

  @Override
  public Optional<Profile> at(SignalKey cohort, Instant at) {
    return of(cohort).subMap(at.minus(Duration.ofDays(7)), true, at, true).values().stream()
        .reduce((_, later) -> later);
  }

  @Override
  public boolean anyBetween(SignalKey cohort, Instant from, Instant to) {
    return !of(cohort).subMap(from, true, to, false).isEmpty();
  }
}
