package io.halfsecond.streams.simulation;

import java.util.List;

/// A change of the distribution of a signal.
public sealed interface SignalChange {
  Model of(Model before);

  /// All values increase by a number of milliseconds.
  record Delay(double millis) implements SignalChange {
    @Override
    public Model of(Model before) {
      return new Model.Later(before, millis);
    }

    @Override
    public String toString() {
      return "%+.0f ms".formatted(millis);
    }
  }

  /// A share of the values increases by a number of milliseconds.
  record DelayOfSome(double share, double millis) implements SignalChange {
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

  /// All values are multiplied by a factor.
  record Factor(double factor) implements SignalChange {
    @Override
    public Model of(Model before) {
      return new Model.Scaled(before, factor);
    }

    @Override
    public String toString() {
      return factor < 2 ? "%+.0f %%".formatted(100 * (factor - 1)) : "×%.0f".formatted(factor);
    }
  }

  /// The spread is multiplied by a factor, and medians stay.
  record Spread(double factor) implements SignalChange {
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
