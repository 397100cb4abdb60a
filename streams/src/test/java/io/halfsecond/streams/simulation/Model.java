package io.halfsecond.streams.simulation;

import java.util.List;
import java.util.random.RandomGenerator;

/// How independent measurements of one signal are distributed, in milliseconds above 0.
public sealed interface Model
  permits Model.Lognormal, Model.Pareto, Model.Mixture, Model.Later, Model.Times, Model.LeastOf, Tabulated {
  /// Preauth phases: two kinds of clients, and 3 % that take a Pareto-distributed time.
  Model AUTH = new Mixture(List.of(new Part(0.97 * 0.82, new Lognormal(290, 0.12)),
    new Part(0.97 * 0.18, new Lognormal(420, 0.20)), new Part(0.03, new Pareto(600, 1.3))));
  /// CPU time of a connection: quantiles of a real one were 14.6, 19.3 and 21.1 ms (p50, p95, p99).
  Model CPU = new Lognormal(14.6, 0.16);
  /// The least of five times from connect to banner, each as startup phases were on a machine that was busy: 14.4, 23.4 and
  /// 26.0 ms.
  Model PROBE = new LeastOf(5, new Lognormal(14.4, 0.30));
  /// Startup phases on a quiet machine: 8.0, 11.2 and 12.0 ms.
  Model STARTUP = new Lognormal(8, 0.17);

  double sample(RandomGenerator random);

  /// Logarithm of the density; minus infinity where there are no values.
  double logDensity(double x);

  /// Probability of a value below x.
  double below(double x);

  /// The same with `factor` times the spread around the same medians; tails stay.
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

  /// A value of this normal score: the quantile at which the standard normal distribution has z.
  default double atScore(double z) {
    return quantile(Math.clamp(Normal.below(z), 1e-12, 1 - 1e-12));
  }

  record Lognormal(double center, double sigma) implements Model {
    @Override
    public double sample(RandomGenerator random) {
      return center * StrictMath.exp(sigma * random.nextGaussian());
    }

    private double score(double x) {
      return StrictMath.log(x / center) / sigma;
    }

    @Override
    public double logDensity(double x) {
      return x <= 0 ? Double.NEGATIVE_INFINITY : Normal.logDensity(score(x)) - StrictMath.log(x * sigma);
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

  /// @param weight share of the values
  record Part(double weight, Model model) {}

  /// @param parts whose weights add up to 1
  record Mixture(List<Part> parts) implements Model {
    public Mixture {
      parts = List.copyOf(parts);
    }

    @Override
    public double sample(RandomGenerator random) {
      double kind = random.nextDouble();
      int i = 0;
      while (i < parts.size() - 1 && kind >= parts.get(i).weight()) {
        kind -= parts.get(i++).weight();
      }
      return parts.get(i).model().sample(random);
    }

    @Override
    public double logDensity(double x) {
      // The largest is taken out: a density of e^-800 is no 0 to a likelihood ratio.
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
      return new Mixture(parts.stream().map(part -> new Part(part.weight(), part.model().spread(factor)))
        .toList());
    }
  }

  /// All values later by the same time.
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

  /// All values larger by a factor.
  record Times(Model model, double factor) implements Model {
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
      return new Times(model.spread(wider), factor);
    }
  }

  /// The least of some independent values.
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
      return StrictMath.log(draws) + model.logDensity(x)
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
