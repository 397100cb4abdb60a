package io.halfsecond.streams.simulation;

import java.util.random.RandomGenerator;

/// A model that maps a normal score to the quantile of the same probability, so that components and
/// outliers come in runs if scores are correlated. The logarithm is interpolated from a table.
public final class Tabulated implements Model {
  private static final int FARTHEST = 6;
  private static final int STEPS = 256;

  private final Model model;
  private final double[] logs = new double[2 * FARTHEST * STEPS + 1];

  public Tabulated(Model model) {
    this.model = model;
    for (int i = 0; i < logs.length; i++) {
      logs[i] = StrictMath.log(model.quantile(Normal.below((double) i / STEPS - FARTHEST)));
    }
  }

  @Override
  public double sample(double z, RandomGenerator random) {
    double at = (Math.clamp(z, -FARTHEST, FARTHEST) + FARTHEST) * STEPS;
    int i = Math.min((int) at, logs.length - 2);
    return StrictMath.exp(logs[i] + (at - i) * (logs[i + 1] - logs[i]));
  }

  @Override
  public double sample(RandomGenerator random) {
    return model.sample(random);
  }

  @Override
  public double logDensity(double x) {
    return model.logDensity(x);
  }

  @Override
  public double below(double x) {
    return model.below(x);
  }

  @Override
  public Model spread(double factor) {
    return new Tabulated(model.spread(factor));
  }
}
