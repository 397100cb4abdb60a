package io.halfsecond.streams.metric;

/// Of which hosts all series are shown. A host has about 110 series with details and nine without,
/// which are enough for the rules and the *Fleet* dashboard.
public enum HostMetrics {
  /** Of all hosts. */
  ALL,
  /** Of hosts with an open alert and of those that lead the evidence; see [NotableHosts]. */
  NOTABLE,
  /**
   * Of none, and no host has the other series either. Open alerts are shown, and the heartbeat of a
   * collector that is silent.
   */
  NONE
}
