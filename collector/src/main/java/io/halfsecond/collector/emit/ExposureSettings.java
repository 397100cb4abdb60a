package io.halfsecond.collector.emit;

/// Where clients are expected to come from.
///
/// @param told whether a login from elsewhere is evidence
public record ExposureSettings(ExpectedNetworks expected, boolean told) {
  /// Private and loopback addresses; nothing is told.
  public static ExposureSettings defaults() {
    return new ExposureSettings(ExpectedNetworks.ofPrivate(), false);
  }
}
