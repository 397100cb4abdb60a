package io.halfsecond.streams.simulation.rival;

/// The Kolmogorov–Smirnov distance between the last hundred samples and the learnt ones, computed
/// with every sample.
public final class KolmogorovSmirnov implements Rival {
  private static final int WINDOW = 100;

  private final Ranks learnt;
  private final SortedWindow shares = new SortedWindow();

  public KolmogorovSmirnov(double[] learnt) {
    this.learnt = new Ranks(learnt);
  }

  @Override
  public double observe(double second, double millis) {
    shares.add(second, (double) learnt.of(millis) / learnt.size());
    shares.dropToSize(WINDOW);
    if (shares.size() < WINDOW) {
      return 0;
    }
    double largest = 0;
    for (int i = 0; i < WINDOW; i++) {
      double share = shares.at(i);
      largest =
          Math.max(largest, Math.max((i + 1.0) / WINDOW - share, share - (double) i / WINDOW));
    }
    return largest;
  }

  @Override
  public void forget() {
    shares.clear();
  }
}
