package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.measurement.Look;
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

/// What the hosts of cohorts have in common and what not: in a store of bytes, and as objects
/// beside it.
///
/// Not safe for use by several threads.
final class CohortHosts {
  /// Collectors tell daily. Whoever has not for so long has another cohort, or is gone.
  private static final Duration SILENT = Duration.ofDays(3);

  /// One host.
  ///
  /// @param traits what it has now
  /// @param changed how it came by those that it got while it was watched
  record Known(Instant at, Set<Trait> traits, Map<Trait, Change> changed) {
    private static Known of(HostHistory history) {
      var traits = Trait.of(history.getLatest());
      var changed = new LinkedHashMap<Trait, Change>();
      for (var change : history.getChanges()) {
        Trait.of(change).filter(traits::contains).ifPresent(trait -> changed.put(trait, change));
      }
      return new Known(history.getLatest().getAt(), Set.copyOf(traits), changed);
    }
  }

  private final HostHistories histories;
  private final Map<String, Map<String, Known>> cohorts = new HashMap<>();

  CohortHosts(ByteStore store) {
    this.histories = new HostHistories(store);
  }

  void take(String cohort, HostFingerprint fingerprint) {
    var host = fingerprint.getHost();
    var known = all(cohort);
    histories.take(prefix(cohort) + host, new Look(fingerprint.getAt(), Optional.of(fingerprint)));
    histories.of(prefix(cohort) + host).ifPresent(history -> known.put(host, Known.of(history)));
  }

  /// By name, those that have been heard of lately.
  Map<String, Known> of(String cohort, Instant now) {
    var known = new TreeMap<>(all(cohort));
    known.values().removeIf(host -> host.at().isBefore(now.minus(SILENT)));
    return known;
  }

  /// Those that have not.
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

  /// Forgets hosts that were last heard of before then.
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

  private Map<String, Known> all(String cohort) {
    return cohorts.computeIfAbsent(
        cohort,
        name -> {
          var hosts = new HashMap<String, Known>();
          histories.scan(
              prefix(name),
              (key, history) -> hosts.put(key.substring(prefix(name).length()), Known.of(history)));
          return hosts;
        });
  }

  private static String prefix(String cohort) {
    return cohort + "/";
  }
}
