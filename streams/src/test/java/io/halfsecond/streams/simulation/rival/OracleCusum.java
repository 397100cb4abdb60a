package io.halfsecond.streams.simulation.rival;

import io.halfsecond.streams.simulation.Alternative;

/// Page's CUSUM of the true likelihood ratio, which no real detector knows. No detector finds that
/// change sooner (Moustakides 1986).
public final class OracleCusum implements Rival {
  private final Alternative alternative;
  private double sum;

  public OracleCusum(Alternative alternative) {
    this.alternative = alternative;
  }

  @Override
  public double observe(double second, double millis) {
    sum = Math.max(0, sum + alternative.logRatio(millis));
    return sum;
  }

  @Override
  public void forget() {
    sum = 0;
  }
}
