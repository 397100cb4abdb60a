package io.halfsecond.streams.simulation;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The source of all randomness. Every series has its own generator, named by its purpose, so that
/// none depends on the others or on the thread it runs on.
public record Seed(long value) {
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  /// @param series its number among those for the same purpose
  public RandomGenerator of(String purpose, int series) {
    long mixed = value * 0x9e3779b97f4a7c15L + purpose.hashCode();
    return GENERATORS.create(mixed * 0xbf58476d1ce4e5b9L + series);
  }
}
