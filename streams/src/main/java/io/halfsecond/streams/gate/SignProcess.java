package io.halfsecond.streams.gate;

import org.apache.commons.statistics.distribution.BetaDistribution;

/// Evidence that a sign is more often positive than not, which holds whenever it is looked at.
///
/// For s positive signs of n, the e-process is the likelihood ratio of a probability p of a
/// positive sign against ½, averaged over p uniform on [½, 1]:
///
/// e = 2ⁿ⁺¹ · ∫ pˢ(1 − p)ⁿ⁻ˢ dp = 2ⁿ⁺¹ · B(s+1, n−s+1) · P(Beta(s+1, n−s+1) > ½)
///
/// Each factor of it is decreasing in the probability of a positive sign, so if that is at most ½
/// given what came before, e is a supermartingale that begins with 1, and by Ville's inequality
/// (1939) e ≥ 1/α happens with probability α at most, at any time. The mixture is that of Robbins
/// (Ann. Math. Stat. 41, 1970), its one-sided form and the inversion to an interval of the median
/// that of Howard and Ramdas (Sequential estimation of quantiles, Bernoulli 28, 2022).
///
/// Its logarithm grows by log 2 − H(p) a sign, less ½·log n in all.
final class SignProcess {
  private static final double HALF = 0.5;
  private static final double LOG_2 = Math.log(2);

  private SignProcess() {}

  /// As below, of a whole number of signs.
  static double log(long positive, long signs) {
    return log((double) positive, (double) signs);
  }

  /// The logarithm of e. Minus infinity where e is too small for a number.
  ///
  /// @param positive signs, 0 to `signs`; need not be whole
  static double log(double positive, double signs) {
    // 2ⁿ·B is 1 over the density of the Beta distribution at ½.
    var posterior = BetaDistribution.of(positive + 1, signs - positive + 1);
    return LOG_2 + Math.log(posterior.survivalProbability(HALF)) - posterior.logDensity(HALF);
  }

  /// The fewest positive signs among so many that reach a limit.
  ///
  /// @param logLimit of e, above 0
  /// @return `signs` + 1 if not even all of them do
  static long fewest(long signs, double logLimit) {
    long low = signs / 2;
    long high = signs + 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (log(Math.min(middle, signs), signs) >= logLimit && middle <= signs) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// How many more signs it takes to reach a limit, if a share of them is positive.
  ///
  /// @param logLimit of e
  /// @param most more than that is never
  /// @return above `most` if more
  static long missing(long positive, long signs, double share, double logLimit, long most) {
    if (log(positive, signs) >= logLimit) {
      return 0;
    }
    long high = 1;
    while (high <= most && log(positive + share * high, (double) signs + high) < logLimit) {
      high *= 2;
    }
    if (high > most) {
      return most + 1;
    }
    long low = high / 2;
    while (low + 1 < high) {
      long middle = (low + high) >>> 1;
      if (log(positive + share * middle, (double) signs + middle) < logLimit) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
