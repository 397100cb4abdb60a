package io.halfsecond.streams.simulation;

import java.util.random.RandomGenerator;

/// A variation of the level of all values of a key that is not a change.
public sealed interface Wave {
  /// @param random generator of this level alone
  Level begin(RandomGenerator random);

  /// The logarithm of the factor, for increasing times.
  interface Level {
    /// @param second since the beginning, not less than in the last call
    double at(double second);
  }

  double DAY_SECONDS = 86_400;

  /// A random level for each burst of logins.
  ///
  /// @param sigma standard deviation of the logarithms of these levels
  record OfBursts(double sigma, double everySeconds) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      return new Level() {
        private long burst = -1;
        private double level;

        @Override
        public double at(double second) {
          long now = (long) (second / everySeconds);
          if (now != burst) {
            burst = now;
            level = sigma * random.nextGaussian();
          }
          return level;
        }
      };
    }
  }

  /// A daily sine.
  ///
  /// @param amplitude 0.1 is ±10 %
  record OfDays(double amplitude) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      return second ->
          StrictMath.log(1 + amplitude * StrictMath.sin(2 * Math.PI * second / DAY_SECONDS));
    }
  }

  /// Removes the estimated season.
  record Without(Season season) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      return second -> -season.at(second);
    }
  }

  /// A steady increase.
  ///
  /// @param perDay 0.001 is 0.1 % a day
  record Drift(double perDay) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      double logPerDay = StrictMath.log(1 + perDay);
      return second -> logPerDay * second / DAY_SECONDS;
    }
  }

  /// A rise to another level, and no further.
  ///
  /// @param share of the level: 0.2 is 20 %
  record Ramp(double share, double fromSecond, double seconds) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      double log = StrictMath.log(1 + share);
      return second -> log * Math.clamp((second - fromSecond) / seconds, 0, 1);
    }
  }

  /// An Ornstein–Uhlenbeck process, exact for any step.
  ///
  /// @param sigma stationary standard deviation
  /// @param seconds time after which 1/e of a deviation is left
  record MeanReverting(double sigma, double seconds) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      return new Level() {
        private double last;
        private double level = sigma * random.nextGaussian();

        @Override
        public double at(double second) {
          double left = StrictMath.exp((last - second) / seconds);
          level = left * level + sigma * Math.sqrt(1 - left * left) * random.nextGaussian();
          last = second;
          return level;
        }
      };
    }
  }
}
