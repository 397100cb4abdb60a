package io.halfsecond.streams.benchmark;

/// How much is simulated.
///
/// @param repetitions of each change
/// @param nullSamples spent on finding the thresholds of cheap detectors
/// @param costlyNullSamples likewise of NP-FOCuS and the oracles
/// @param hostYears for each regime
/// @param rivalYears likewise for the others; a fifth for NP-FOCuS
/// @param sparseYears of hosts with three logins an hour
/// @param nominalAlarms for each size of the baseline
record Effort(
    int repetitions,
    long nullSamples,
    long costlyNullSamples,
    int hostYears,
    int rivalYears,
    int sparseYears,
    int nominalAlarms) {
  static Effort full() {
    return new Effort(200, 40_000_000, 10_000_000, 30, 5, 30, 60);
  }

  /// Two minutes on two cores. With four host-years and no alarm, less than one a year is shown.
  static Effort quick() {
    return new Effort(20, 2_000_000, 1_000_000, 4, 1, 2, 4);
  }
}
