package io.halfsecond.streams.selftest;

import io.halfsecond.schemas.SelfTestComparison;

/// How far apart a program's two medians are.
///
/// @param runs on each side, a count
/// @param otherNanos in the other surrounding
/// @param serviceNanos as a service
record Difference(int runs, double otherNanos, double serviceNanos) {

  /// Of wall and CPU time the one that differs more.
  static Difference of(SelfTestComparison found) {
    var wall = new Difference(found.getRuns(), found.getOtherWallNanos(), found.getServiceWallNanos());
    var cpu = new Difference(found.getRuns(), found.getOtherCpuNanos(), found.getServiceCpuNanos());
    return Math.abs(cpu.nanos()) > Math.abs(wall.nanos()) ? cpu : wall;
  }

  /// Negative if the program is faster as a service.
  double nanos() {
    return serviceNanos - otherNanos;
  }
}
