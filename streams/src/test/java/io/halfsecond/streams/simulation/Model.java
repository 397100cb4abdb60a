package io.halfsecond.streams.simulation;

import java.util.List;
import java.util.random.RandomGenerator;

/// The distribution of independent measurements of a signal, in milliseconds above 0.
public sealed interface Model
    permits Model.Lognormal,
        Model.Pareto,
        Model.Mixture,
        Model.Later,
        Model.Scaled,
        Model.LeastOf,
        Tabulated {
  double sample(RandomGenerator random);

  /// Logarithm of the density; minus infinity outside the support.
  double logDensity(double x);

  /// Probability of a value below x.
  double below(double x);

  /// The same model with `factor` times the spread around the same medians. Tails do not change.
  Model spread(double factor);

  /// The value below which a share q lies, 0 < q < 1.
  default double quantile(double q) {
    double low = -20;
    double high = 40;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (below(StrictMath.exp(middle)) < q) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return StrictMath.exp((low + high) / 2);
  }

  default double median() {
    return quantile(0.5);
  }

  /// A value for a normal score, so that dependent scores give dependent values. In a mixture, the
  /// component is drawn, and the score applies within it. Models without a centre ignore the score.
  default double sample(double score, RandomGenerator random) {
    return sample(random);
  }

  record Lognormal(double center, double sigma) implements Model {
    @Override
    public double sample(RandomGenerator random) {
      return center * StrictMath.exp(sigma * random.nextGaussian());
    }

    @Override
    public double sample(double score, RandomGenerator random) {
      return center * StrictMath.exp(sigma * score);
    }

    private double score(double x) {
      return StrictMath.log(x / center) / sigma;
    }

    @Override
    public double logDensity(double x) {
      return x <= 0
          ? Double.NEGATIVE_INFINITY
          : Normal.logDensity(score(x)) - StrictMath.log(x * sigma);
    }

    @Override
    public double below(double x) {
      return x <= 0 ? 0 : Normal.below(score(x));
    }

    @Override
    public Model spread(double factor) {
      return new Lognormal(center, sigma * factor);
    }
  }

  record Pareto(double from, double index) implements Model {
    @Override
    public double sample(RandomGenerator random) {
      return from * StrictMath.pow(1 - random.nextDouble(), -1 / index);
    }

    @Override
    public double logDensity(double x) {
      return x < from
          ? Double.NEGATIVE_INFINITY
          : StrictMath.log(index / from) - (index + 1) * StrictMath.log(x / from);
    }

    @Override
    public double below(double x) {
      return x < from ? 0 : 1 - StrictMath.pow(x / from, -index);
    }

    @Override
    public Model spread(double factor) {
      return this;
    }
  }

  /// A component of a mixture. Seeds of the benchmark contain its name, so renaming it changes all
  /// series that are learnt.
  ///
  /// @param weight share of the values
  record Part(double weight, Model model) {}

  /// @param parts components, whose weights add up to 1
  record Mixture(List<Part> parts) implements Model {
    public Mixture {
      parts = List.copyOf(parts);
    }

    @Override
    public double sample(RandomGenerator random) {
      return draw(random).sample(random);
    }

    @Override
    public double sample(double score, RandomGenerator random) {
      return draw(random).sample(score, random);
    }

    private Model draw(RandomGenerator random) {
      double kind = random.nextDouble();
      int i = 0;
      while (i < parts.size() - 1 && kind >= parts.get(i).weight()) {
        kind -= parts.get(i++).weight();
      }
      return parts.get(i).model();
    }

    @Override
    public double logDensity(double x) {
      // Relative to the largest term, so that a density of e^-800 does not become 0.
      double largest = Double.NEGATIVE_INFINITY;
      for (var part : parts) {
        largest = Math.max(largest, part.model().logDensity(x));
      }
      if (largest == Double.NEGATIVE_INFINITY) {
        return largest;
      }
      double sum = 0;
      for (var part : parts) {
        sum += part.weight() * StrictMath.exp(part.model().logDensity(x) - largest);
      }
      return largest + StrictMath.log(sum);
    }

    @Override
    public double below(double x) {
      double sum = 0;
      for (var part : parts) {
        sum += part.weight() * part.model().below(x);
      }
      return sum;
    }

    @Override
    public Model spread(double factor) {
      return new Mixture(
          parts.stream()
              .map(part -> new Part(part.weight(), part.model().spread(factor)))
              .toList());
    }
  }

  /// All values increased by the same time.
  record Later(Model model, double by) implements Model {
    @Override
    public double sample(RandomGenerator random) {
      return by + model.sample(random);
    }

    @Override
    public double logDensity(double x) {
      return model.logDensity(x - by);
    }

    @Override
    public double below(double x) {
      return model.below(x - by);
    }

    @Override
    public Model spread(double factor) {
      return new Later(model.spread(factor), by);
    }
  }

  /// All values multiplied by a factor.
  record Scaled(Model model, double factor) implements Model {
    @Override
    public double sample(RandomGenerator random) {
      return factor * model.sample(random);
    }

    @Override
    public double logDensity(double x) {
      return model.logDensity(x / factor) - StrictMath.log(factor);
    }

    @Override
    public double below(double x) {
      return model.below(x / factor);
    }

    @Override
    public Model spread(double wider) {
      return new Scaled(model.spread(wider), factor);
    }
  }

  /// The minimum of several independent values.
  record LeastOf(int draws, Model model) implements Model {
    @Override
    public double sample(RandomGenerator random) {
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < draws; i++) {
        least = Math.min(least, model.sample(random));
      }
      return least;
    }

    @Override
    public double logDensity(double x) {
      return StrictMath.log(draws)
          + model.logDensity(x)
          + (draws - 1) * StrictMath.log(1 - model.below(x));
    }

    @Override
    public double below(double x) {
      return 1 - StrictMath.pow(1 - model.below(x), draws);
    }

    @Override
    public Model spread(double factor) {
      return new LeastOf(draws, model.spread(factor));
    }
  }
}
