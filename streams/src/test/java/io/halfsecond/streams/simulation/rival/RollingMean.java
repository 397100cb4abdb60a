package io.halfsecond.streams.simulation.rival;

/// `x > avg_over_time(x[1h]) + k * stddev_over_time(x[1h])`: the statistic is k. As in PromQL, the
/// sample is part of its own hour.
public final class RollingMean implements Rival {
  private static final double WINDOW_SECONDS = 3_600;

  private final SortedWindow window = new SortedWindow();

  @Override
  public double observe(double second, double millis) {
    window.dropUpTo(second - WINDOW_SECONDS);
    window.add(second, millis);
    int n = window.size();
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += window.at(i);
    }
    double mean = sum / n;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (window.at(i) - mean) * (window.at(i) - mean);
    }
    return squares == 0 ? 0 : (millis - mean) / Math.sqrt(squares / n);
  }

  /// The rule has no memory beyond its window: it fires as long as its condition holds.
  @Override
  public void forget() {}
}
