package io.halfsecond.streams.incident;

import io.halfsecond.streams.measurement.SignalKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds a change that slows sshd down by comparing the hosts of a cohort that have it with those
/// that do not, before any one of them has shown enough to be sure of. Pure.
///
/// A look makes m comparisons: each rollout, signal and stratum by one, three and nine measurements
/// of every host, since half of the hosts with the change have it and since all do. One differs
/// beyond chance if Δ/(m·p) ≥ D, with Δ the days since the look before (at most one), p its p-value
/// and D the limit.
///
/// **Guarantees** that in a cohort in which no change does anything looks find something at most
/// once in D days on average, or twice as often at worst for mid-p's sake: the m of a look add up
/// to Δ/D at most (the union bound, however they depend on one another), and the Δ of all looks to
/// the time that has passed.
///
/// **Assumes** that under the null hypothesis it might as well have been other hosts of the cohort
/// that were changed. Where a change is rolled out site by site, and a site is slow for another
/// reason, that is not so.
final class Rollouts {
  /// A strong shift shows in one measurement, a weak one in the median of nine.
  private static final List<Integer> SIZES = List.of(1, 3, 9);

  private static final double MOST_DAYS = 1;

  /// What an incident stands on need not pass the limit again.
  private static final double NOTABLE = 0.05;

  private Rollouts() {}

  /// What a look has made of one rollout.
  ///
  /// @param comparisons none where too few hosts were measured
  /// @param days Δ/m
  record Finding(Rollout rollout, List<Comparison> comparisons, double days) {
    Finding {
      comparisons = List.copyOf(comparisons);
    }

    Optional<Comparison> clearest() {
      return comparisons.stream()
          .min(Comparator.comparingDouble(comparison -> comparison.table().midP()));
    }

    /// The clearest in one signal and stratum, if it is not to be expected of any of them once in
    /// twenty looks.
    Optional<Comparison> notable(SignalKey key) {
      var ofKey =
          new Finding(
              rollout,
              comparisons.stream().filter(comparison -> comparison.key().equals(key)).toList(),
              days);
      return ofKey
          .clearest()
          .filter(comparison -> comparison.table().midP() * ofKey.comparisons.size() <= NOTABLE);
    }

    boolean isMadeOf(SignalKey key) {
      return comparisons.stream().anyMatch(comparison -> comparison.key().equals(key));
    }

    /// Δ/(m·p)
    double evidenceDays(Comparison comparison) {
      return days / comparison.table().midP();
    }
  }

  /// Looks at all rollouts of a cohort.
  ///
  /// @param since how long ago the look before was
  static List<Finding> look(
      List<Rollout> rollouts, Map<SignalKey, Map<String, Recent>> recents, Duration since) {
    var comparisons = rollouts.stream().map(rollout -> compare(rollout, recents)).toList();
    int made = comparisons.stream().mapToInt(List::size).sum();
    double days = Math.min(MOST_DAYS, (double) since.toMillis() / Duration.ofDays(1).toMillis());
    var findings = new ArrayList<Finding>();
    for (int i = 0; i < rollouts.size(); i++) {
      findings.add(new Finding(rollouts.get(i), comparisons.get(i), days / Math.max(1, made)));
    }
    return findings;
  }

  private static List<Comparison> compare(
      Rollout rollout, Map<SignalKey, Map<String, Recent>> recents) {
    var made = new ArrayList<Comparison>();
    recents.forEach(
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
