package io.halfsecond.streams.simulation.rival;

import io.halfsecond.streams.simulation.Normal;
import java.util.stream.IntStream;

/// Page's CUSUM of the normal scores of the ranks among the learnt samples, with an allowance of
/// half a standard deviation.
public final class RankCusum implements Rival {
  private static final double ALLOWANCE = 0.5;

  /// Normal scores of the ranks among a number of samples.
  public static double[] scores(int samples) {
    return IntStream.rangeClosed(0, samples)
        .mapToDouble(rank -> Normal.quantile((rank + 0.5) / (samples + 1)))
        .toArray();
  }

  private final Ranks learnt;
  private final double[] scores;
  private double sum;

  /// @param scores [#scores] for the number of learnt samples; not modified
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
