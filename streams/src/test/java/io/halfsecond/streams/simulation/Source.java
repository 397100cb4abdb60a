package io.halfsecond.streams.simulation;

import java.util.List;
import java.util.random.RandomGenerator;

/// The series of samples of one key.
public final class Source {
  private final Regime regime;
  private final RandomGenerator random;
  private final List<Wave.Level> levels;
  private final double start;
  private Model model;
  private long samples;
  private double second;
  private double score;
  private double value;

  /// @param startSecond time of the first sample
  public Source(Regime regime, Model model, RandomGenerator random, double startSecond) {
    this.regime = regime;
    this.model = model;
    this.random = random;
    this.start = startSecond;
    this.levels = regime.waves().stream().map(wave -> wave.begin(random)).toList();
    this.score = random.nextGaussian();
  }

  /// Changes the model of all following samples.
  public Source become(Model after) {
    model = after;
    return this;
  }

  public Model model() {
    return model;
  }

  /// Advances to the next sample.
  public Source next() {
    second = following();
    samples++;
    double level = 0;
    for (var wave : levels) {
      level += wave.at(second);
    }
    double drawn = regime.autocorrelation() == 0 ? model.sample(random) : dependent();
    value = level == 0 ? drawn : drawn * StrictMath.exp(level);
    return this;
  }

  private double dependent() {
    double phi = regime.autocorrelation();
    score = phi * score + Math.sqrt(1 - phi * phi) * random.nextGaussian();
    return model.sample(score, random);
  }

  public double value() {
    return value;
  }

  /// The time of the current sample, in seconds.
  public double second() {
    return second;
  }

  /// The time of the next sample, in seconds.
  public double following() {
    return start + regime.timing().second(samples);
  }
}
