package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;

/// Five samples in a row above k times the median: the statistic is k.
public final class FiveInARow implements Rival {
  private static final int ROW = 5;

  private final double median;
  private final double[] row = new double[ROW];
  private long samples;

  public FiveInARow(double[] learnt) {
    double[] sorted = learnt.clone();
    Arrays.sort(sorted);
    median = sorted[sorted.length / 2];
  }

  @Override
  public double observe(double second, double millis) {
    row[(int) (samples++ % ROW)] = millis;
    return Arrays.stream(row).min().orElse(0) / median;
  }

  @Override
  public void forget() {
    Arrays.fill(row, 0);
  }
}
