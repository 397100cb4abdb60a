package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.store.ByteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The traits of the hosts of cohorts, in a store of bytes and as objects in memory.
///
/// Not safe for use by several threads.
final class CohortHosts {
  /// Collectors report daily. A host that is silent for longer was removed, or is in another
  /// cohort.
  private static final Duration SILENT = Duration.ofDays(3);

  /// One host.
  ///
  /// @param traits the traits that it has now
  /// @param changed the change that it got a trait with, if that change was observed
  record KnownHost(Instant at, Set<Trait> traits, Map<Trait, Change> changed) {
    private static KnownHost of(HostHistory history) {
      var traits = Trait.of(history.getLatest());
      var changed = new LinkedHashMap<Trait, Change>();
      for (var change : history.getChanges()) {
        Trait.of(change).filter(traits::contains).ifPresent(trait -> changed.put(trait, change));
      }
      return new KnownHost(history.getLatest().getAt(), Set.copyOf(traits), changed);
    }
  }

  private final HostHistories histories;
  private final Map<String, Map<String, KnownHost>> cohorts = new HashMap<>();

  CohortHosts(ByteStore store) {
    this.histories = new HostHistories(store);
  }

  void take(String cohort, HostFingerprint fingerprint) {
    var host = fingerprint.getHost();
    var known = all(cohort);
    histories.take(
        prefix(cohort) + host, new Inspection(fingerprint.getAt(), Optional.of(fingerprint)));
    histories
        .of(prefix(cohort) + host)
        .ifPresent(history -> known.put(host, KnownHost.of(history)));
  }

  /// Hosts with a recent fingerprint, by name.
  Map<String, KnownHost> of(String cohort, Instant now) {
    var known = new TreeMap<>(all(cohort));
    known.values().removeIf(host -> host.at().isBefore(now.minus(SILENT)));
    return known;
  }

  /// Hosts whose last fingerprint is old.
  Set<String> gone(String cohort, Instant now) {
    var gone = new HashSet<String>();
    all(cohort)
        .forEach(
            (name, host) -> {
              if (host.at().isBefore(now.minus(SILENT))) {
                gone.add(name);
              }
            });
    return gone;
  }

  /// Forgets hosts whose last fingerprint is older than `before`.
  void forget(String cohort, Instant before) {
    all(cohort)
        .entrySet()
        .removeIf(
            host -> {
              boolean old = host.getValue().at().isBefore(before);
              if (old) {
                histories.forget(prefix(cohort) + host.getKey());
              }
              return old;
            });
  }

  private Map<String, KnownHost> all(String cohort) {
    return cohorts.computeIfAbsent(
        cohort,
        name -> {
          var hosts = new HashMap<String, KnownHost>();
          histories.scan(
              prefix(name),
              (key, history) ->
                  hosts.put(key.substring(prefix(name).length()), KnownHost.of(history)));
          return hosts;
        });
  }

  private static String prefix(String cohort) {
    return cohort + "/";
  }
}
