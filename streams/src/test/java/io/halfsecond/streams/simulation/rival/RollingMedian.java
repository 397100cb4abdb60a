package io.halfsecond.streams.simulation.rival;

/// The difference between the median of 15 minutes and that of the hour, in median absolute
/// deviations of the hour. With single samples instead, the rule would never alarm: at one false
/// alarm a year, one sample in half a million may reach the threshold, and Pareto-distributed
/// outliers of that rarity last hours.
public final class RollingMedian implements Rival {
  private static final double WINDOW_SECONDS = 3_600;
  private static final double RECENT_SECONDS = 900;
  private static final int FEWEST = 10;

  private final SortedWindow window = new SortedWindow();
  private final SortedWindow recent = new SortedWindow();

  @Override
  public double observe(double second, double millis) {
    window.dropUpTo(second - WINDOW_SECONDS);
    recent.dropUpTo(second - RECENT_SECONDS);
    window.add(second, millis);
    recent.add(second, millis);
    double deviation = window.medianDeviation();
    return window.size() < FEWEST || deviation == 0
        ? 0
        : (recent.median() - window.median()) / deviation;
  }

  @Override
  public void forget() {}
}
