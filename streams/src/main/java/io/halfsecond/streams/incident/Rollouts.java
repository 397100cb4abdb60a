package io.halfsecond.streams.incident;

import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds a change that slows sshd down by comparing the hosts of a cohort that have it with those that do not, before any one
/// of them has shown enough to be sure of. Pure.
///
/// A look makes m comparisons: each rollout, signal and stratum by one, three and nine measurements of every host. One differs
/// beyond chance if Δ/(m·p) ≥ D, with Δ the days since the look before (at most one), p its p-value and D the limit.
///
/// **Guarantees** that a cohort in which no change does anything has a false alarm at most once in D days on average, or twice
/// as often at worst for mid-p's sake: the m of a look add up to Δ/D at most (the union bound, however they depend on one
/// another), and the Δ of all looks to the time that has passed.
///
/// **Assumes** that under the null hypothesis it might as well have been other hosts of the cohort that were changed.
final class Rollouts {
  /// A strong shift shows in one measurement, a weak one in the median of nine.
  private static final List<Integer> SIZES = List.of(1, 3, 9);

  private static final double MOST_DAYS = 1;

  /// What a look has found.
  ///
  /// @param evidenceDays Δ/(m·p)
  /// @param beyondChance whether that reaches the limit
  record Finding(Rollout rollout, Comparison comparison, double evidenceDays, boolean beyondChance) {}

  private Rollouts() {}

  /// Looks at all rollouts of a cohort.
  ///
  /// @param since how long ago the look before was
  /// @param limitDays D
  /// @return of each rollout the clearest comparison
  static List<Finding> look(List<Rollout> rollouts, Map<SignalKey, Map<String, Recent>> recents,
    Duration since, double limitDays) {
    var comparisons = rollouts.stream().map(rollout -> compare(rollout, recents)).toList();
    int made = comparisons.stream().mapToInt(List::size).sum();
    double days = Math.min(MOST_DAYS, (double) since.toMillis() / Duration.ofDays(1).toMillis());
    var findings = new ArrayList<Finding>();
    for (int i = 0; i < rollouts.size(); i++) {
      var rollout = rollouts.get(i);
      clearest(comparisons.get(i)).ifPresent(comparison -> {
        double evidence = days / (made * comparison.table().midP());
        findings.add(new Finding(rollout, comparison, evidence, evidence >= limitDays));
      });
    }
    return findings;
  }

  private static List<Comparison> compare(Rollout rollout, Map<SignalKey, Map<String, Recent>> recents) {
    var made = new ArrayList<Comparison>();
    recents.forEach((key, ofHosts) -> SIZES
      .forEach(size -> Comparison.of(rollout, key, size, ofHosts).ifPresent(made::add)));
    return made;
  }

  private static Optional<Comparison> clearest(List<Comparison> comparisons) {
    return comparisons.stream().min(Comparator.comparingDouble(comparison -> comparison.table().midP()));
  }
}
