package io.halfsecond.deploy.simulation;

import java.util.SplittableRandom;

/// The source of all randomness. What is random has a generator of its own, named by its purpose,
/// host and number. So a record does not depend on those that were made before it, and nothing has
/// to be kept for it.
record Seed(long value) {
  enum Purpose {
    HOST,
    REGIME,
    GAP,
    LOGIN,
    SCORE,
    PSEUDONYM,
    BURST,
    LOAD,
    PROBE,
    PROBE_CONNECTION,
    AFFECTED
  }

  /// @param number of the connection, probe round or the like of this host
  SplittableRandom of(Purpose purpose, int host, long number) {
    return new SplittableRandom(
        mixed(mixed(mixed(mixed(value) + purpose.name().hashCode()) + host) + number));
  }

  /// Variant 13 of Stafford, "Better Bit Mixing", 2011.
  private static long mixed(long z) {
    long once = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
    return twice ^ (twice >>> 31);
  }
}
