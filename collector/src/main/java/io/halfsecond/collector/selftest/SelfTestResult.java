package io.halfsecond.collector.selftest;

import io.halfsecond.collector.selftest.Comparison.Measure;
import java.util.List;

/// What the self-test found about one program in one surrounding, beside [Surrounding#SERVICE].
///
/// @param runs on each side
/// @param comparisons one of each measure
public record SelfTestResult(
    Trial trial, Surrounding surrounding, int runs, List<Comparison> comparisons) {
  public SelfTestResult {
    comparisons = List.copyOf(comparisons);
  }

  /// One self-test of two programs makes some dozen of these. So seldom does any of them differ by
  /// chance.
  static final double LIMIT = 1e-4;

  /// How the two compare in one measure.
  public Comparison comparison(Measure measure) {
    return comparisons.stream()
        .filter(comparison -> comparison.measure() == measure)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(measure + " was not compared"));
  }

  /// Whether chance is ruled out.
  public boolean differs() {
    return pValue() < LIMIT;
  }

  /// The least of the p-values, corrected for their number (Bonferroni).
  public double pValue() {
    return Math.min(
        1,
        comparisons.size() * comparisons.stream().mapToDouble(Comparison::pValue).min().orElse(1));
  }
}
