package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.streams.attribution.Suspects;
import io.halfsecond.streams.attribution.Trait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// Changes that the same hosts of a cohort got recently, and the other hosts did not. Changes that
/// come together cannot be distinguished by comparing hosts.
///
/// @param traits what changed, the most suspicious first
/// @param changes of one of the hosts, in the same order
/// @param since hosts that have all the changes, and since when
/// @param without hosts that have none of them
record Rollout(
    List<Trait> traits, List<Change> changes, Map<String, Instant> since, Set<String> without) {
  /// A single host with a change is better compared with its own baseline than with other hosts.
  private static final int FEWEST_HOSTS = 2;

  private static final int MOST = 20;

  Rollout {
    traits = List.copyOf(traits);
    changes = List.copyOf(changes);
    since = Map.copyOf(since);
    without = Set.copyOf(without);
  }

  /// After a boot a host reads its files from disk, which makes its first connection slower. After
  /// an upgrade the new files are in the page cache.
  boolean findsCachesCold() {
    return traits.stream().anyMatch(trait -> trait.kind() == ChangeKind.KERNEL);
  }

  /// When the first host got the changes.
  Instant begun() {
    return since.values().stream().min(Comparator.naturalOrder()).orElseThrow();
  }

  /// The times from which hosts are compared: when half of the hosts had the changes, and when all
  /// had.
  List<Instant> starts() {
    var sorted = since.values().stream().sorted().toList();
    return Stream.of(sorted.get((sorted.size() - 1) / 2), sorted.getLast()).distinct().toList();
  }

  /// All rollouts among some hosts.
  ///
  /// @param which selects traits, by the change that a host got them with
  static List<Rollout> among(
      Map<String, CohortHosts.KnownHost> hosts, BiPredicate<Trait, Change> which) {
    var byHosts = new LinkedHashMap<Set<String>, List<Trait>>();
    haves(hosts, which)
        .forEach(
            (trait, haves) -> {
              if (haves.size() >= FEWEST_HOSTS) {
                byHosts.computeIfAbsent(haves, _ -> new ArrayList<>()).add(trait);
              }
            });
    var rollouts = new ArrayList<Rollout>();
    byHosts.forEach(
        (haves, traits) -> {
          var without = new TreeSet<String>();
          hosts.forEach(
              (host, known) -> {
                if (traits.stream().noneMatch(known.traits()::contains)) {
                  without.add(host);
                }
              });
          if (without.size() >= FEWEST_HOSTS) {
            rollouts.add(of(hosts, haves, traits, without));
          }
        });
    // A gradual distribution upgrade of a fleet gives hundreds of rollouts. The newest are enough.
    rollouts.sort(Comparator.comparing(Rollout::begun).reversed());
    return rollouts.subList(0, Math.min(MOST, rollouts.size()));
  }

  /// The hosts that got each trait, in an order that does not depend on that of the input.
  private static Map<Trait, Set<String>> haves(
      Map<String, CohortHosts.KnownHost> hosts, BiPredicate<Trait, Change> which) {
    var haves = new TreeMap<Trait, Set<String>>(Comparator.comparing(Trait::text));
    hosts.forEach(
        (host, known) ->
            known
                .changed()
                .forEach(
                    (trait, change) -> {
                      if (which.test(trait, change)) {
                        haves.computeIfAbsent(trait, _ -> new TreeSet<>()).add(host);
                      }
                    }));
    return haves;
  }

  private static Rollout of(
      Map<String, CohortHosts.KnownHost> hosts,
      Set<String> haves,
      List<Trait> traits,
      Set<String> without) {
    var since = new TreeMap<String, Instant>();
    haves.forEach(
        host ->
            since.put(
                host,
                traits.stream()
                    .map(trait -> changeOf(hosts, host, trait).getAt())
                    .max(Comparator.naturalOrder())
                    .orElseThrow()));
    var example = haves.iterator().next();
    var ranked =
        traits.stream()
            .sorted(
                Comparator.comparing(
                    (Trait trait) -> changeOf(hosts, example, trait), Suspects.BY_SUSPICION))
            .toList();
    return new Rollout(
        ranked,
        ranked.stream().map(trait -> changeOf(hosts, example, trait)).toList(),
        since,
        without);
  }

  private static Change changeOf(
      Map<String, CohortHosts.KnownHost> hosts, String host, Trait trait) {
    var known = hosts.get(host);
    var change = known == null ? null : known.changed().get(trait);
    if (change == null) {
      throw new IllegalStateException(host + " lacks the change " + trait.text());
    }
    return change;
  }
}
