package io.halfsecond.streams.simulation.rival;

import io.halfsecond.streams.simulation.Normal;
import java.util.stream.IntStream;

/// Page's CUSUM of normal scores: of z at which the standard normal distribution is where the
/// sample is among those learnt, with an allowance of half a standard deviation.
public final class RankCusum implements Rival {
  private static final double ALLOWANCE = 0.5;

  /// Normal scores of the ranks among some number of samples.
  public static double[] scores(int samples) {
    return IntStream.rangeClosed(0, samples)
        .mapToDouble(rank -> Normal.quantile((rank + 0.5) / (samples + 1)))
        .toArray();
  }

  private final Ranks learnt;
  private final double[] scores;
  private double sum;

  /// @param scores [#scores] of as many as are learnt; not changed
  public RankCusum(double[] learnt, double[] scores) {
    this.learnt = new Ranks(learnt);
    this.scores = scores;
  }

  @Override
  public double observe(double second, double millis) {
    sum = Math.max(0, sum + scores[learnt.of(millis)] - ALLOWANCE);
    return sum;
  }

  @Override
  public void forget() {
    sum = 0;
  }
}
