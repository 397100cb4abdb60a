package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;

/// An exponentially weighted moving average of log x with a weight of 0.1 for the newest sample, in
/// stationary standard deviations (Roberts 1959).
public final class EwmaOfLogs implements Rival {
  private static final double NEWEST = 0.1;

  private final double mean;
  private final double deviation;
  private double average;

  public EwmaOfLogs(double[] learnt) {
    double[] logs = Arrays.stream(learnt).map(StrictMath::log).toArray();
    mean = Arrays.stream(logs).average().orElse(0);
    double variance = Arrays.stream(logs).map(x -> (x - mean) * (x - mean)).average().orElse(0);
    deviation = Math.sqrt(variance * NEWEST / (2 - NEWEST));
  }

  @Override
  public double observe(double second, double millis) {
    average += NEWEST * (StrictMath.log(millis) - mean - average);
    return average / deviation;
  }

  @Override
  public void forget() {
    average = 0;
  }
}
