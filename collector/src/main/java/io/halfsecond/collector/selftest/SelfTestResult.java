package io.halfsecond.collector.selftest;

import io.halfsecond.collector.selftest.Comparison.Measure;
import java.util.List;

/// How one program in one environment compares with the same program in [TestEnvironment#SERVICE].
///
/// @param runs on each side
/// @param comparisons one of each measure
public record SelfTestResult(
    Trial trial, TestEnvironment environment, int runs, List<Comparison> comparisons) {
  public SelfTestResult {
    comparisons = List.copyOf(comparisons);
  }

  /// One self-test of two programs makes about a dozen comparisons; this keeps chance findings
  /// rare.
  static final double LIMIT = 1e-4;

  /// The comparison in one measure.
  public Comparison comparison(Measure measure) {
    return comparisons.stream()
        .filter(comparison -> comparison.measure() == measure)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(measure + " was not compared"));
  }

  /// Whether the difference is significant.
  public boolean differs() {
    return pValue() < LIMIT;
  }

  /// The smallest of the p-values, corrected for their number (Bonferroni).
  public double pValue() {
    return Math.min(
        1,
        comparisons.size() * comparisons.stream().mapToDouble(Comparison::pValue).min().orElse(1));
  }
}
