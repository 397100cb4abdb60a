package io.halfsecond.streams.detector;

import java.time.Duration;
import java.util.Optional;

/// The settings that hold for all keys.
///
/// @param budget the guarantee: no more false alarms than this on average
/// @param block length of a block in event time, from a millisecond to a day. A block must be
///   longer than a burst, because the samples of a burst are not independent. If empty, it is a
///   minute, and less for keys that are always busy.
/// @param quarantine how long samples are pending before they are committed to the baseline
/// @param quarantineSamples how many samples must be pending to be committed after one quarantine;
///   half as many after two, a third after three, so that sparse keys commit too
/// @param baselineSamples the largest size of the committed baseline. It is scaled down to this, so
///   that new samples can change it.
public record DetectorSettings(
    Budget budget,
    Optional<Duration> block,
    Duration quarantine,
    int quarantineSamples,
    int baselineSamples) {

  public DetectorSettings {
    block.ifPresent(
        length -> {
          if (length.compareTo(Duration.ofMillis(1)) < 0
              || length.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("block must be from 1 ms to a day, not " + length);
          }
        });
    if (quarantine.isNegative() || quarantine.isZero()) {
      throw new IllegalArgumentException("quarantine must be positive, not " + quarantine);
    }
    if (quarantineSamples < 1) {
      throw new IllegalArgumentException(
          "quarantineSamples must be at least 1, not " + quarantineSamples);
    }
    if (baselineSamples < 100) {
      throw new IllegalArgumentException(
          "baselineSamples must be at least 100, not " + baselineSamples);
    }
  }

  /// One false alarm per host and year; a week and 5,000 samples of quarantine; a baseline of
  /// 20,000 samples.
  public static DetectorSettings defaults() {
    return new DetectorSettings(
        new Budget.PerHostYear(1), Optional.empty(), Duration.ofDays(7), 5_000, 20_000);
  }

  public DetectorSettings withBlock(Duration length) {
    return new DetectorSettings(
        budget, Optional.of(length), quarantine, quarantineSamples, baselineSamples);
  }

  public DetectorSettings withBudget(Budget value) {
    return new DetectorSettings(value, block, quarantine, quarantineSamples, baselineSamples);
  }
}
