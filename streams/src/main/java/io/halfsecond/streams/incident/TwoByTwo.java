package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Contrast;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/// A 2×2 table: hosts with and without a change, and how many of each show a shift.
record TwoByTwo(int withShowing, int withHosts, int withoutShowing, int withoutHosts) {

  TwoByTwo {
    if (withShowing < 0
        || withShowing > withHosts
        || withoutShowing < 0
        || withoutShowing > withoutHosts) {
      throw new IllegalArgumentException(
          "%d of %d with, %d of %d without"
              .formatted(withShowing, withHosts, withoutShowing, withoutHosts));
    }
  }

  /// Fisher's exact test, one-sided: the probability of at least this many hosts that both show the
  /// shift and have the change, given both margins. The table itself counts half (mid-p, Lancaster
  /// 1961), so the mean over all tables is ½ under the null hypothesis; Fisher's own is above. A
  /// mid-p of x is at most twice as probable as x, and mostly less probable (Agresti 1992, 7.1).
  ///
  /// @return above 0 and below 1; 0.5 if there is nothing to compare
  double midP() {
    int hosts = withHosts + withoutHosts;
    if (hosts == 0) {
      return 0.5;
    }
    var tables = HypergeometricDistribution.of(hosts, withHosts, withShowing + withoutShowing);
    // The survival function is the probability of strictly more.
    return Math.max(
        Double.MIN_NORMAL,
        tables.survivalProbability(withShowing) + tables.probability(withShowing) / 2);
  }

  Contrast contrast() {
    return new Contrast(withShowing, withHosts, withoutShowing, withoutHosts, midP());
  }
}
