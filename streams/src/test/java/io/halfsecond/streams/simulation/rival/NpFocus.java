package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;
import java.util.stream.IntStream;

/// NP-FOCuS (Romano, Eckley, Fearnhead, A log-linear non-parametric online changepoint detection
/// algorithm based on functional pruning, arXiv 2302.02718): for each of 15 quantiles of what was
/// learnt, the generalised likelihood ratio of a change in how many samples lie below it, maximised
/// over all times of the change since learning. The statistic is their sum, or the largest.
///
/// The shares before and after a change are both estimated, and learnt samples count as before it.
/// The share before cannot be taken as known: the error of 2,000 samples would pass any threshold
/// in time.
public final class NpFocus implements Rival {
  static final int QUANTILES = 15;

  /// How the statistics of the quantiles are combined.
  public enum Over {
    SUM,
    MAX
  }

  private final Over over;
  private final int learnt;
  private final double[] thresholds;
  private final int[] learntBelow;
  private final int[] below;
  private final Hull[] lower = new Hull[QUANTILES];
  private final Hull[] upper = new Hull[QUANTILES];
  private int samples;

  /// n·log n for each number of samples.
  private double[] entropy = {0};

  public NpFocus(double[] values, Over over) {
    this.over = over;
    this.learnt = values.length;
    var ranks = new Ranks(values);
    thresholds =
        IntStream.range(0, QUANTILES).mapToDouble(i -> ranks.quantile(share(i, learnt))).toArray();
    learntBelow = Arrays.stream(thresholds).mapToInt(ranks::of).toArray();
    below = learntBelow.clone();
    Arrays.setAll(lower, _ -> new Hull(1));
    Arrays.setAll(upper, _ -> new Hull(-1));
    forget();
  }

  /// The probabilities of the quantiles, denser towards the ends (Haynes, Fearnhead, Eckley,
  /// Statistics and Computing 27, 2017, section 4.1).
  static double share(int quantile, int n) {
    double c = StrictMath.log(2.0 * n - 1);
    return 1 / (1 + (2.0 * n - 1) * StrictMath.exp(-c / QUANTILES * (2 * quantile + 1)));
  }

  @Override
  public double observe(double second, double millis) {
    samples++;
    if (samples >= entropy.length) {
      int known = entropy.length;
      entropy = Arrays.copyOf(entropy, 2 * samples);
      for (int n = known; n < entropy.length; n++) {
        entropy[n] = n * StrictMath.log(n);
      }
    }
    double sum = 0;
    double largest = 0;
    for (int i = 0; i < QUANTILES; i++) {
      below[i] += millis < thresholds[i] ? 1 : 0;
      double ratio =
          Math.max(largest(lower[i], below[i]), largest(upper[i], below[i]))
              - likelihood(samples, below[i]);
      sum += ratio;
      largest = Math.max(largest, ratio);
      lower[i].add(samples, below[i]);
      upper[i].add(samples, below[i]);
    }
    return over == Over.SUM ? sum : largest;
  }

  /// The maximum over all times of a change. The likelihood is a convex function of the dividing
  /// point (samples, below), so its maximum is at a corner of the convex hull of these points. All
  /// others are pruned.
  private double largest(Hull hull, int belowNow) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < hull.size(); i++) {
      int then = hull.x(i);
      int belowThen = hull.y(i);
      largest =
          Math.max(
              largest,
              likelihood(then, belowThen) + likelihood(samples - then, belowNow - belowThen));
    }
    return largest;
  }

  /// The maximum log-likelihood of n samples, of which `belowIt` are below.
  private double likelihood(int n, int belowIt) {
    return entropy[belowIt] + entropy[n - belowIt] - entropy[n];
  }

  @Override
  public void forget() {
    samples = learnt;
    for (int i = 0; i < QUANTILES; i++) {
      below[i] = learntBelow[i];
      lower[i].clear();
      upper[i].clear();
      lower[i].add(samples, below[i]);
      upper[i].add(samples, below[i]);
    }
  }
}
