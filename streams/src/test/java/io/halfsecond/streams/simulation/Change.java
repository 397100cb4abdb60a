package io.halfsecond.streams.simulation;

import java.util.List;

/// What happens to a signal.
public sealed interface Change {
  Model of(Model before);

  /// Every value is later by so many milliseconds.
  record Delay(double millis) implements Change {
    @Override
    public Model of(Model before) {
      return new Model.Later(before, millis);
    }

    @Override
    public String toString() {
      return "%+.0f ms".formatted(millis);
    }
  }

  /// A share of the values is later by so many milliseconds.
  record DelayOfSome(double share, double millis) implements Change {
    @Override
    public Model of(Model before) {
      return new Model.Mixture(
          List.of(
              new Model.Part(1 - share, before),
              new Model.Part(share, new Model.Later(before, millis))));
    }

    @Override
    public String toString() {
      return "%.0f %% of sessions %+.0f ms".formatted(100 * share, millis);
    }
  }

  /// Every value is larger by a factor.
  record Factor(double factor) implements Change {
    @Override
    public Model of(Model before) {
      return new Model.Times(before, factor);
    }

    @Override
    public String toString() {
      return factor < 2 ? "%+.0f %%".formatted(100 * (factor - 1)) : "×%.0f".formatted(factor);
    }
  }

  /// The spread is larger by a factor, the medians are not.
  record Spread(double factor) implements Change {
    @Override
    public Model of(Model before) {
      return before.spread(factor);
    }

    @Override
    public String toString() {
      return "σ ×%.1f".formatted(factor);
    }
  }
}
