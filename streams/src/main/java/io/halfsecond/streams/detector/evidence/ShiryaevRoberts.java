package io.halfsecond.streams.detector.evidence;

import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import java.util.Arrays;

/// The Shiryaev–Roberts e-detector of a family of bets (Shin, Ramdas, Rinaldo, arXiv 2203.03532,
/// with a baseline increment of one a day).
///
/// For each bet j it updates R_j = (R_j + Δ)·exp(ℓ_j) at the end of a block. Δ is the time since
/// the last vote in days. ℓ_j is the mean, over the samples of the block, of the logarithm of what
/// the bet paid.
///
/// Values are kept as `float`, as in the serialised state: a state that was written and read
/// continues exactly like one that was not.
public final class ShiryaevRoberts {
  /// In days. Before the first vote, it makes the stakes of the bets proportional to their weights.
  /// After it, it is negligible.
  private static final double INITIAL_EVIDENCE = 1e-12;

  private final double[] weights;
  private final float[] evidence;
  private double sum;

  /// For each bet, the sum of the logarithms of its payoffs over the scored samples of the block.
  private final float[] sums;

  /// The payoffs for the last scored sample. Not part of the state.
  private double[] last = {};

  public ShiryaevRoberts(Bets.Family family) {
    this.weights = family.weights();
    this.evidence = new float[family.size()];
    this.sums = new float[family.size()];
  }

  /// Adds the payoffs at p to the sums of the block.
  public void score(Bets bets, double p) {
    double[] logs = bets.logs(p);
    for (int j = 0; j < sums.length; j++) {
      sums[j] += (float) logs[j];
    }
    last = bets.payoffs(p);
  }

  /// The weighted evidence of all bets. Bets that always pay 1 are excluded: their evidence grows
  /// only because they never lose.
  public double stake(Bets bets) {
    double stake = 0;
    for (int j = 0; j < evidence.length; j++) {
      stake += bets.isLive(j) ? stakeOf(j) : 0;
    }
    return stake;
  }

  /// The increase of [#stake] if the next p-value is p.
  public double growth(Bets bets, double p) {
    double[] payoffs = bets.payoffs(p);
    double growth = 0;
    for (int j = 0; j < evidence.length; j++) {
      growth += stakeOf(j) * (payoffs[j] - 1);
    }
    return growth;
  }

  private double stakeOf(int bet) {
    return weights[bet] * (evidence[bet] + INITIAL_EVIDENCE);
  }

  /// Ends a block whose samples have all been scored.
  ///
  /// @param samples how many samples the block has
  /// @param sole whether the block has one sample and it was scored since the state was read; this
  ///   saves computing the exponentials
  public void vote(double days, long samples, boolean sole) {
    for (int j = 0; j < evidence.length; j++) {
      double payoff = sole ? last[j] : StrictMath.exp(sums[j] / samples);
      // R is below the limit when a block begins, and a bet pays less than exp(8). So the cap
      // matters only for very high limits.
      evidence[j] = (float) Math.min(Float.MAX_VALUE, (evidence[j] + days) * payoff);
      sums[j] = 0;
    }
    addUp();
  }

  /// The weighted sum of the evidence of all bets, in days.
  public double evidence() {
    return sum;
  }

  private void addUp() {
    sum = 0;
    for (int j = 0; j < evidence.length; j++) {
      sum += weighted(j);
    }
  }

  /// The bet that contributes most to the evidence.
  public int winner() {
    int winner = 0;
    for (int j = 1; j < evidence.length; j++) {
      winner = weighted(j) > weighted(winner) ? j : winner;
    }
    return winner;
  }

  /// The contribution of that bet; 0 for a family without bets.
  public double best() {
    return evidence.length == 0 ? 0 : weighted(winner());
  }

  private double weighted(int bet) {
    return weights[bet] * evidence[bet];
  }

  public void clear() {
    Arrays.fill(evidence, 0);
    Arrays.fill(sums, 0);
    sum = 0;
  }

  /// @param open whether the block has scored samples
  public void writeTo(BitWriter out, boolean open) {
    out.flag(sum > 0);
    for (int j = 0; sum > 0 && j < evidence.length; j++) {
      out.decimal(evidence[j]);
    }
    for (int j = 0; open && j < sums.length; j++) {
      out.decimal(sums[j]);
    }
  }

  /// @throws IllegalArgumentException if the bits are not what [#writeTo] writes
  public void readFrom(BitReader in, boolean open) {
    boolean any = in.flag();
    for (int j = 0; any && j < evidence.length; j++) {
      evidence[j] = in.decimal(0, "evidence");
    }
    addUp();
    if (any && sum == 0) {
      throw in.corrupt("evidence flagged as present is zero");
    }
    for (int j = 0; open && j < sums.length; j++) {
      sums[j] = in.decimal(-Float.MAX_VALUE, "sum");
    }
  }
}
