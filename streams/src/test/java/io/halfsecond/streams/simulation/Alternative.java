package io.halfsecond.streams.simulation;

/// A change with known distributions before and after it: how well any detector could find it.
public record Alternative(Model before, Model after) {
  private static final double LOWEST_LOG = -10;
  private static final double HIGHEST_LOG = 30;
  private static final double STEP = 1e-4;

  /// Densities below e^-60 are negligible.
  private static final double NEVER = -60;

  /// The log-likelihood ratio of a value, after the change over before.
  public double logRatio(double x) {
    double then = after.logDensity(x);
    return then == Double.NEGATIVE_INFINITY ? then : then - before.logDensity(x);
  }

  /// Kullback–Leibler divergence of after from before, in nats a sample: the midpoint rule on log
  /// x.
  public double information() {
    double sum = 0;
    int steps = (int) ((HIGHEST_LOG - LOWEST_LOG) / STEP);
    for (int i = 0; i < steps; i++) {
      double log = LOWEST_LOG + (i + 0.5) * STEP;
      double x = StrictMath.exp(log);
      double logMass = after.logDensity(x) + log;
      if (logMass > NEVER) {
        sum += StrictMath.exp(logMass) * logRatio(x) * STEP;
      }
    }
    return sum;
  }

  /// No detector with this average run length to a false alarm has a shorter delay on average, as
  /// run lengths grow (Lorden, Procedures for reacting to a change in distribution, Ann. Math.
  /// Stat. 42, 1971).
  public double lordenBound(double averageRunLength) {
    return StrictMath.log(averageRunLength) / information();
  }
}
