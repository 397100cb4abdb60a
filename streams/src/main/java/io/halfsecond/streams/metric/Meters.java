package io.halfsecond.streams.metric;

/// Names of the topology's meters, as given to Micrometer. Prometheus writes them with underscores, adds the
/// unit of a gauge and `_total` to a counter.
public final class Meters {
  /// Gauge, seconds; host, signal, window, quantile.
  public static final String SIGNAL = "halfsecond.signal";

  /// Gauge; host, signal, window.
  public static final String SIGNAL_CONNECTIONS = "halfsecond.signal.connections";

  /// Counter; signal.
  public static final String MEASUREMENTS = "halfsecond.measurements";

  /// Counter; reason = duplicate, incomplete, late.
  public static final String RECORDS_SKIPPED = "halfsecond.records.skipped";

  /// Gauge, 1 while open; host, signal, stratum, phase, direction.
  public static final String ALERTS_OPEN = "halfsecond.alerts.open";

  /// Gauge, seconds; as [#ALERTS_OPEN].
  public static final String ALERT_SHIFT = "halfsecond.alert.shift";

  /// Gauge, seconds, the median; as [#ALERTS_OPEN].
  public static final String ALERT_BEFORE = "halfsecond.alert.before";

  /// Gauge, seconds, the median; as [#ALERTS_OPEN].
  public static final String ALERT_AFTER = "halfsecond.alert.after";

  /// Gauge, seconds since the epoch; as [#ALERTS_OPEN].
  public static final String ALERT_ONSET = "halfsecond.alert.onset.timestamp";

  /// Counter; state.
  public static final String ALERT_RECORDS = "halfsecond.alert.records";

  /// Gauge, evidence by limit, the largest over the strata; host, signal.
  public static final String EVIDENCE_RATIO = "halfsecond.detector.evidence.ratio";

  /// Gauge, connections in the baselines of all strata; host, signal.
  public static final String BASELINE_CONNECTIONS = "halfsecond.baseline.connections";

  /// Counter.
  public static final String DEAD_LETTERS = "halfsecond.dead.letters";

  /// Gauge, seconds since the epoch; host.
  public static final String HEARTBEAT = "halfsecond.collector.heartbeat.timestamp";

  /// Counter of records missing in the collectors' sequences; host.
  public static final String SEQUENCE_GAPS = "halfsecond.collector.sequence.gaps";

  public static final String SECONDS = "seconds";

  /// Base unit of gauges that have none, or have it in their name.
  public static final String NO_UNIT = "";

  private Meters() {}
}
