package io.halfsecond.streams.selftest;

import io.halfsecond.schemas.SelfTestComparison;

/// How far apart a program's two medians are.
///
/// @param runs on each side, a count
/// @param otherNanos in the other surrounding
/// @param serviceNanos as a service
record Difference(int runs, double otherNanos, double serviceNanos) {

  /// Of wall and CPU time the one that differs more clearly; if both do alike, the one that differs
  /// more.
  static Difference of(SelfTestComparison found) {
    var wall =
        new Difference(found.getRuns(), found.getOtherWallNanos(), found.getServiceWallNanos());
    var cpu = new Difference(found.getRuns(), found.getOtherCpuNanos(), found.getServiceCpuNanos());
    int clearer = Double.compare(found.getWallPValue(), found.getCpuPValue());
    return clearer > 0 || (clearer == 0 && Math.abs(cpu.nanos()) > Math.abs(wall.nanos()))
        ? cpu
        : wall;
  }

  /// How probable it is by chance that either is as clear as it is: the smaller p-value, corrected
  /// for there being two (Bonferroni).
  static double pValue(SelfTestComparison found) {
    return Math.min(1, 2 * Math.min(found.getWallPValue(), found.getCpuPValue()));
  }

  /// Negative if the program is faster as a service.
  double nanos() {
    return serviceNanos - otherNanos;
  }
}
