package io.halfsecond.streams.simulation.rival;

import io.halfsecond.streams.simulation.Normal;

/// Page's CUSUM of normal scores: of z at which the standard normal distribution is where the sample is among those
/// learnt, with an allowance of half a standard deviation.
public final class RankCusum implements Rival {
  private static final double ALLOWANCE = 0.5;

  /// Normal scores of the ranks among some number of samples.
  public record Scores(double[] byRank) {
    public static Scores among(int samples) {
      double[] scores = new double[samples + 1];
      for (int rank = 0; rank <= samples; rank++) {
        scores[rank] = Normal.quantile((rank + 0.5) / (samples + 1));
      }
      return new Scores(scores);
    }
  }

  private final Ranks learnt;
  private final Scores scores;
  private double sum;

  /// @param scores for as many as are learnt
  public RankCusum(double[] learnt, Scores scores) {
    this.learnt = new Ranks(learnt);
    this.scores = scores;
  }

  @Override
  public double observe(double second, double millis) {
    sum = Math.max(0, sum + scores.byRank()[learnt.of(millis)] - ALLOWANCE);
    return sum;
  }

  @Override
  public void forget() {
    sum = 0;
  }
}
