package io.halfsecond.streams.detector;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;

/// A set of bets on p-values being small. Each bet f is decreasing and has mean 1 over p uniform in (0, 1), so that no
/// bet gains on average while nothing has changed.
///
/// Shift bets are exp(θz − θ²/2) with z = −Φ⁻¹(p); tail bets are 1 − ε + (ε/q)·1{p ≤ q}.
///
/// The width q of a tail bet follows the shift: see [#width].
final class Bets {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
  /// Beyond this width a tail bet says nothing that the others don't.
  private static final double WIDEST = 0.5;

  /// A signal that got slower or hungrier: from a third of a standard deviation to one sample in three hundred.
  static final Bets FULL = new Bets(new double[]{.3, .6, 1.2}, new double[]{.2, .08, .03, .01, .003},
    new double[]{.6, .8, .9, .95, .95});
  /// A signal that got faster, which matters less: two bets instead of eight, so a fifth of the budget.
  static final Bets BRIEF = new Bets(new double[]{.8}, new double[]{.03}, new double[]{.9});

  private final double[] thetas;
  private final double[] widths;
  private final double[] stakes;
  private final double[] logMisses;

  private Bets(double[] thetas, double[] widths, double[] stakes) {
    this.thetas = thetas;
    this.widths = widths;
    this.stakes = stakes;
    this.logMisses = Arrays.stream(stakes).map(stake -> StrictMath.log(1 - stake)).toArray();
  }

  int size() {
    return thetas.length + widths.length;
  }

  /// The log of each bet's outcome goes to `logs`.
  ///
  /// @param p above 0 and below 1
  /// @param held samples in the reference that are suspected to be shifted
  /// @param reference samples in the reference
  void play(double p, long held, long reference, double[] logs) {
    double z = NORMAL.inverseSurvivalProbability(p);
    for (int j = 0; j < thetas.length; j++) {
      logs[j] = thetas[j] * (z - thetas[j] / 2);
    }
    for (int j = 0; j < widths.length; j++) {
      double width = width(widths[j], held, reference);
      logs[thetas.length + j] = p > width ? logMisses[j] : StrictMath.log(1 - stakes[j] + stakes[j] / width);
    }
  }

  /// The width of a tail bet when `held` of the samples in the reference are themselves shifted.
  ///
  /// A sample beyond all unshifted ones then has p uniform below (held + 1)/(reference + 1), and one beyond all but a
  /// share q of them p below about q + held/reference. A bet of fixed width would soon miss: with 300 samples learnt
  /// the bet of width .03 after nine. `held` and `reference` are known before the sample, so the mean stays 1.
  private static double width(double q, long held, long reference) {
    double size = reference + 1.0;
    return Math.min(WIDEST, Math.max(q + held / size, (held + 1) / size));
  }
}
