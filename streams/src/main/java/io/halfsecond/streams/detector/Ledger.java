package io.halfsecond.streams.detector;

import java.util.Arrays;

/// What each of a family of bets has won.
///
/// Each bet j keeps R_j = (R_j + Δ)·exp(ℓ_j), with Δ the days since its last vote and ℓ_j the mean of the logarithms of
/// its payoffs over the samples of a block: the Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo, arXiv 2203.03532, with
/// one baseline increment a day).
///
/// Kept as `float`: a state that went through bytes continues exactly like one that did not.
final class Ledger {
  /// Days. Makes what the bets hold follow their weights before the first vote, and matters no more after it.
  private static final double SOME_EVIDENCE = 1e-12;

  private final Bets.Family family;
  final float[] evidence;
  /// Sums of logarithms over the samples of the open block that have been scored.
  final float[] sums;

  Ledger(Bets.Family family) {
    this.family = family;
    this.evidence = new float[family.size()];
    this.sums = new float[family.size()];
  }

  void score(double[] logs) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += (float) logs[j];
    }
  }

  /// What the bets hold, each by its weight. Bets that are none do not count: they hold much for having lost nothing.
  double stake(Bets bets) {
    double stake = 0;
    for (int j = 0; j < evidence.length; j++) {
      stake += bets.isLive(j) ? family.weight(j) * (evidence[j] + SOME_EVIDENCE) : 0;
    }
    return stake;
  }

  /// What that would be after a p-value.
  double stakeAfter(Bets bets, double p) {
    double[] payoffs = bets.payoffs(p);
    double stake = 0;
    for (int j = 0; j < evidence.length; j++) {
      stake += bets.isLive(j) ? family.weight(j) * (evidence[j] + SOME_EVIDENCE) * payoffs[j] : 0;
    }
    return stake;
  }

  /// Settles a block of `samples`, all of them scored.
  void vote(double days, long samples) {
    for (int j = 0; j < evidence.length; j++) {
      settle(j, days, StrictMath.exp(sums[j] / samples));
      sums[j] = 0;
    }
  }

  /// Settles a block of one sample, which need not be scored: saves the exponentials.
  void vote(double days, double[] payoffs) {
    for (int j = 0; j < evidence.length; j++) {
      settle(j, days, payoffs[j]);
      sums[j] = 0;
    }
  }

  private void settle(int bet, double days, double payoff) {
    // R starts each block below the limit and a bet wins less than exp(8): the cap is for limits that are huge.
    evidence[bet] = (float) Math.min(Float.MAX_VALUE, (evidence[bet] + days) * payoff);
  }

  /// Evidence of all bets, weighted, in days.
  double evidence() {
    double sum = 0;
    for (int j = 0; j < evidence.length; j++) {
      sum += family.weight(j) * evidence[j];
    }
    return sum;
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
    return family.weight(bet) * evidence[bet];
  }

  void clear() {
    Arrays.fill(evidence, 0);
    Arrays.fill(sums, 0);
  }
}
