package io.halfsecond.streams.detector;

import java.util.Arrays;

/// What each of a family of bets has won.
///
/// Each bet j keeps R_j = (R_j + Δ)·exp(ℓ_j), with Δ the days since its last vote and ℓ_j the mean
/// of the logarithms of its payoffs over the samples of a block: the Shiryaev–Roberts e-detector
/// (Shin, Ramdas, Rinaldo, arXiv 2203.03532, with one baseline increment a day).
///
/// Kept as `float`: a state that went through bytes continues exactly like one that did not.
final class Ledger {
  /// Days. Makes what the bets hold follow their weights before the first vote, and matters no more
  /// after it.
  private static final double SOME_EVIDENCE = 1e-12;

  private final double[] weights;
  final float[] evidence;
  private double sum;

  /// Sums of logarithms over the samples of the open block that have been scored.
  final float[] sums;

  /// What the bets paid for the sample scored last: not part of the state.
  private double[] last = {};

  Ledger(Bets.Family family) {
    this.weights = family.weights();
    this.evidence = new float[family.size()];
    this.sums = new float[family.size()];
  }

  void score(Bets bets, double p) {
    double[] logs = bets.logs(p);
    for (int j = 0; j < sums.length; j++) {
      sums[j] += (float) logs[j];
    }
    last = bets.payoffs(p);
  }

  /// What the bets hold, each by its weight. Bets that are none do not count: they hold much for
  /// having lost nothing.
  double stake(Bets bets) {
    double stake = 0;
    for (int j = 0; j < evidence.length; j++) {
      stake += bets.isLive(j) ? stakeOf(j) : 0;
    }
    return stake;
  }

  /// By how much that would grow at a p-value.
  double growth(Bets bets, double p) {
    double[] payoffs = bets.payoffs(p);
    double growth = 0;
    for (int j = 0; j < evidence.length; j++) {
      growth += stakeOf(j) * (payoffs[j] - 1);
    }
    return growth;
  }

  private double stakeOf(int bet) {
    return weights[bet] * (evidence[bet] + SOME_EVIDENCE);
  }

  /// Settles a block of `samples`, all of them scored.
  ///
  /// @param sole whether it is one that was scored just now: saves the exponentials
  void vote(double days, long samples, boolean sole) {
    for (int j = 0; j < evidence.length; j++) {
      settle(j, days, sole ? last[j] : StrictMath.exp(sums[j] / samples));
      sums[j] = 0;
    }
    addUp();
  }

  private void settle(int bet, double days, double payoff) {
    // R starts each block below the limit and a bet wins less than exp(8): the cap is for limits
    // that are huge.
    evidence[bet] = (float) Math.min(Float.MAX_VALUE, (evidence[bet] + days) * payoff);
  }

  /// Evidence of all bets, weighted, in days.
  double evidence() {
    return sum;
  }

  /// Has to follow every change of [#evidence] from outside.
  void addUp() {
    sum = 0;
    for (int j = 0; j < evidence.length; j++) {
      sum += weighted(j);
    }
  }

  /// The bet that contributes most.
  int winner() {
    int winner = 0;
    for (int j = 1; j < evidence.length; j++) {
      winner = weighted(j) > weighted(winner) ? j : winner;
    }
    return winner;
  }

  /// What the best bet contributes; 0 for a family without bets.
  double best() {
    return evidence.length == 0 ? 0 : weighted(winner());
  }

  private double weighted(int bet) {
    return weights[bet] * evidence[bet];
  }

  void clear() {
    Arrays.fill(evidence, 0);
    Arrays.fill(sums, 0);
    sum = 0;
  }
}
