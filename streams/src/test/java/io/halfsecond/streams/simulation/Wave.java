package io.halfsecond.streams.simulation;

import java.util.random.RandomGenerator;

/// What raises and lowers all values of a key alike, though nothing has happened to it.
public sealed interface Wave {
  /// @param random the level's own
  Level begin(RandomGenerator random);

  /// Gives the logarithm of the factor for one time after another.
  interface Level {
    /// @param second since the beginning, no less than last time
    double at(double second);
  }

  double DAY_SECONDS = 86_400;

  /// A level of its own for every burst of logins.
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

  /// The hour of the day: a sine.
  ///
  /// @param amplitude 0.1 is ±10 %
  record OfDays(double amplitude) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      return second ->
          StrictMath.log(1 + amplitude * StrictMath.sin(2 * Math.PI * second / DAY_SECONDS));
    }
  }

  /// The estimated rhythm, taken out.
  record Without(Season season) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      return second -> -season.at(second);
    }
  }

  /// Slowly upwards for ever.
  ///
  /// @param perDay 0.001 is 0.1 % a day
  record Drift(double perDay) implements Wave {
    @Override
    public Level begin(RandomGenerator random) {
      double logPerDay = StrictMath.log(1 + perDay);
      return second -> logPerDay * second / DAY_SECONDS;
    }
  }

  /// Here and there, but always back: an Ornstein–Uhlenbeck process, exact at any steps.
  ///
  /// @param sigma standard deviation in the long run
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
