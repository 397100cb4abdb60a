package io.halfsecond.streams.incident;

import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds a change that slows sshd down by comparing the hosts of a cohort that have it with those
/// that lack it, before any single host has shown enough. Pure.
///
/// A scan makes m comparisons: each rollout, signal and stratum by one, three and nine measurements
/// of every host, since half of the hosts with the change have it and since all do. A comparison
/// differs beyond chance if Δ/(m·p) ≥ D, with Δ the days since the previous scan (at most one), p
/// its p-value and D the limit.
///
/// **Guarantees** that in a cohort in which no change has an effect, scans find something at most
/// once in D days on average, or twice as often at worst because of mid-p: the m comparisons of a
/// scan add up to at most Δ/D (the union bound, whatever their dependence), and the Δ of all scans
/// add up to the time passed.
///
/// **Assumes** that under the null hypothesis other hosts of the cohort might as well have got the
/// change. That is false if a change is rolled out site by site and a site is slow for another
/// reason.
final class RolloutScan {
  /// A strong shift shows in one measurement, a weak one in the median of nine.
  private static final List<Integer> SIZES = List.of(1, 3, 9);

  private static final double MOST_DAYS = 1;

  private RolloutScan() {}

  /// @param since time since the previous scan
  static List<ScannedRollout> of(
      List<Rollout> rollouts,
      Map<SignalKey, Map<String, RecentDeviations>> recent,
      Duration since) {
    var comparisons = rollouts.stream().map(rollout -> compare(rollout, recent)).toList();
    int made = comparisons.stream().mapToInt(List::size).sum();
    double days = Math.min(MOST_DAYS, (double) since.toMillis() / Duration.ofDays(1).toMillis());
    var scanned = new ArrayList<ScannedRollout>();
    for (int i = 0; i < rollouts.size(); i++) {
      scanned.add(
          new ScannedRollout(rollouts.get(i), comparisons.get(i), days / Math.max(1, made)));
    }
    return scanned;
  }

  private static List<Comparison> compare(
      Rollout rollout, Map<SignalKey, Map<String, RecentDeviations>> recent) {
    var made = new ArrayList<Comparison>();
    recent.forEach(
        (key, ofHosts) -> {
          for (var from : rollout.starts()) {
            for (int size : SIZES) {
              Comparison.of(rollout, key, from, size, ofHosts).ifPresent(made::add);
            }
          }
        });
    return made;
  }
}
