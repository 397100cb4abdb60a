package io.halfsecond.streams.incident;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The comparisons that a scan made for one rollout.
///
/// @param comparisons empty if too few hosts were measured
/// @param days Δ/m, see [RolloutScan]
record ScannedRollout(Rollout rollout, List<Comparison> comparisons, double days) {
  /// An incident that is open need not pass the limit again.
  private static final double NOTABLE = 0.05;

  ScannedRollout {
    comparisons = List.copyOf(comparisons);
  }

  Optional<Comparison> clearest() {
    return comparisons.stream()
        .min(Comparator.comparingDouble(comparison -> comparison.table().midP()));
  }

  /// The clearest comparison on a subject, if chance gives one as clear less than once in twenty
  /// scans.
  Optional<Comparison> notable(String subject) {
    var onSubject =
        new ScannedRollout(
            rollout,
            comparisons.stream().filter(comparison -> comparison.isAbout(subject)).toList(),
            days);
    return onSubject
        .clearest()
        .filter(comparison -> comparison.table().midP() * onSubject.comparisons.size() <= NOTABLE);
  }

  boolean comparesOn(String subject) {
    return comparisons.stream().anyMatch(comparison -> comparison.isAbout(subject));
  }

  /// Δ/(m·p)
  double evidenceDays(Comparison comparison) {
    return days / comparison.table().midP();
  }
}
