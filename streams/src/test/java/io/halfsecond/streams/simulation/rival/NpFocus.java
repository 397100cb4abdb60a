package io.halfsecond.streams.simulation.rival;

import java.util.Arrays;
import java.util.stream.IntStream;

/// NP-FOCuS (Romano, Eckley, Fearnhead, A log-linear non-parametric online changepoint detection
/// algorithm based on functional pruning, arXiv 2302.02718): for each of 15 quantiles of what was
/// learnt, the generalised likelihood ratio of a change in how many samples lie below it, maximised
/// over all times of the change since learning. The statistic is their sum, or the largest.
///
/// The shares before and after a change are both unknown, and the samples learnt count as before
/// it. Taking the share before as known would not do: the error of 2,000 samples would pass any
/// threshold after a while.
public final class NpFocus implements Rival {
  static final int QUANTILES = 15;

  /// How the quantiles count.
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

  /// n·log n for every number of samples.
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

  /// Closer together towards the ends (Haynes, Fearnhead, Eckley, Statistics and Computing 27,
  /// 2017, section 4.1).
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

  /// Over all times of a change: the likelihood is a convex function of the point (samples, below)
  /// that divides them, so it is largest at a corner of the convex hull of all such points. All
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

  /// Logarithm of the largest likelihood of n samples of which so many are below.
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
