package io.halfsecond.collector.selftest;

import java.time.Duration;

/// When the self-test runs.
///
/// @param first from the start of the collector to the first self-test
/// @param interval from one self-test to the next, less up to a tenth at random
/// @param pause between two runs of a program
public record SelfTestSettings(Duration first, Duration interval, Duration pause) {
  public SelfTestSettings {
    if (first.isNegative() || pause.isNegative() || !interval.isPositive()) {
      throw new IllegalArgumentException(
          "selfTest.interval must be positive, selfTest.first and selfTest.pause not negative; they"
              + " are %s, %s and %s".formatted(interval, first, pause));
    }
  }

  /// The first after a minute, when the sources have started: none of their children ends while the
  /// self-test measures its own. Then daily. A run takes about 10 ms, so with 100 ms between runs
  /// it uses a tenth of one CPU for a minute.
  public static SelfTestSettings defaults() {
    return new SelfTestSettings(Duration.ofMinutes(1), Duration.ofDays(1), Duration.ofMillis(100));
  }
}
