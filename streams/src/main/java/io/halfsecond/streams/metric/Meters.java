package io.halfsecond.streams.metric;

/// Names of the topology's meters, as given to Micrometer. Prometheus writes them with underscores,
/// adds the unit of a gauge and `_total` to a counter.
public final class Meters {
  /// Gauge, seconds; host, signal, window, quantile. Not for signals that are counts. Of a host
  /// without details, startup in five minutes only, and no 99 %.
  public static final String SIGNAL = "halfsecond.signal";

  /// Gauge, page faults; host, window, quantile.
  public static final String FAULTS = "halfsecond.signal.faults";

  /// Gauge; host, signal, window. Of a host without details, startup in five minutes only.
  public static final String SIGNAL_CONNECTIONS = "halfsecond.signal.connections";

  /// Counter; signal.
  public static final String MEASUREMENTS = "halfsecond.measurements";

  /// Counter; reason = duplicate, incomplete, late, probe.
  public static final String RECORDS_SKIPPED = "halfsecond.records.skipped";

  /// Counter of telemetry that is not from who it says it is from; reason = missing, unreadable,
  /// unknown_key, wrong.
  public static final String RECORDS_REFUSED = "halfsecond.records.refused";

  /// Gauge, 1 while open and not dismissed; host (empty if it is the cohort), cohort, signal,
  /// stratum, phase, direction, tier, cause: the kind of the first suspected change, `none` if
  /// nothing has changed, `unknown`, or `cohort`.
  public static final String ALERTS_OPEN = "halfsecond.alerts.open";

  /// Gauge, 1 once confirmed, else 0; as [#ALERTS_OPEN].
  public static final String ALERT_CONFIRMED = "halfsecond.alert.confirmed";

  /// Gauge, the median after divided by the median before; as [#ALERTS_OPEN].
  public static final String ALERT_RATIO = "halfsecond.alert.ratio";

  /// Gauge, seconds; as [#ALERTS_OPEN]. Not for signals that are counts.
  public static final String ALERT_SHIFT = "halfsecond.alert.shift";

  /// Gauge, seconds, the median; as [#ALERT_SHIFT].
  public static final String ALERT_BEFORE = "halfsecond.alert.before";

  /// Gauge, seconds, the median; as [#ALERT_SHIFT].
  public static final String ALERT_AFTER = "halfsecond.alert.after";

  /// Gauge, seconds since the epoch; as [#ALERTS_OPEN].
  public static final String ALERT_ONSET = "halfsecond.alert.onset.timestamp";

  /// Gauge, 1 while open and not dismissed; incident (the first digits of its id), cohort, signal,
  /// stratum, phase, direction, tier, cause: the kind of the change that its hosts share, or
  /// `cohort`.
  public static final String INCIDENTS_OPEN = "halfsecond.incidents.open";

  /// Gauge, 1 once confirmed, else 0; as [#INCIDENTS_OPEN].
  public static final String INCIDENT_CONFIRMED = "halfsecond.incident.confirmed";

  /// Gauge, hosts that have not recovered; as [#INCIDENTS_OPEN].
  public static final String INCIDENT_MEMBERS = "halfsecond.incident.members";

  /// Gauge, seconds since the epoch; as [#INCIDENTS_OPEN].
  public static final String INCIDENT_ONSET = "halfsecond.incident.onset.timestamp";

  /// Gauge, the median after divided by the median before; as [#INCIDENTS_OPEN].
  public static final String INCIDENT_RATIO = "halfsecond.incident.ratio";

  /// Gauge, seconds; as [#INCIDENTS_OPEN]. Not for signals that are counts.
  public static final String INCIDENT_SHIFT = "halfsecond.incident.shift";

  /// Counter; state.
  public static final String ALERT_RECORDS = "halfsecond.alert.records";

  /// Counter of decisions about alerts; result = applied, ignored, refused.
  public static final String DECISIONS = "halfsecond.alert.decisions";

  /// Gauge, evidence divided by the limit, the maximum over all signals; host.
  public static final String HOST_EVIDENCE = "halfsecond.host.evidence.ratio";

  /// Gauge, 1 while all series of the host are shown, else 0; host, cohort (empty until its first
  /// heartbeat).
  public static final String HOST_DETAILS = "halfsecond.host.details";

  /// Counter, the sum of [#LOST] over all reasons; host.
  public static final String HOST_LOST = "halfsecond.host.lost";

  /// Gauge, evidence divided by the limit, the maximum over the strata; host, signal. Of hosts with
  /// details.
  public static final String EVIDENCE_RATIO = "halfsecond.detector.evidence.ratio";

  /// Gauge, number of connections in the baselines of all strata; host, signal. Of a host without
  /// details, startup only.
  public static final String BASELINE_CONNECTIONS = "halfsecond.baseline.connections";

  /// Gauge, seconds; host, signal, quantile: the baseline over all strata, as [#SIGNAL]. Of hosts
  /// with details.
  public static final String BASELINE = "halfsecond.baseline";

  /// Gauge, page faults; host, signal, quantile: as [#BASELINE].
  public static final String BASELINE_FAULTS = "halfsecond.baseline.faults";

  /// Gauge, seconds since the epoch; host, kind, change: what changed on the host, in words. The
  /// newest changes of hosts with details.
  public static final String HOST_CHANGE = "halfsecond.host.change.timestamp";

  /// Counter of records that are not used; reason = unreadable, unknown-schema, no-value,
  /// wrong-key, wrong-time, not-authentic, insane.
  public static final String DEAD_LETTERS = "halfsecond.dead.letters";

  /// Gauge, schemas of other versions that records can be read with.
  public static final String SCHEMAS_KNOWN = "halfsecond.schemas.known";

  /// Counter of schemas that were not used; reason, see [io.halfsecond.schemas.travel.Refusal].
  public static final String SCHEMAS_REFUSED = "halfsecond.schemas.refused";

  /// Counter of records whose schema was not known; result = arrived, missing, not-waited.
  public static final String SCHEMA_WAITS = "halfsecond.schema.waits";

  /// Gauge, number of hosts that this instance keeps.
  public static final String HOSTS = "halfsecond.hosts";

  /// Counter of hosts that are no longer kept, because nothing has come from them for a month.
  public static final String HOSTS_RETIRED = "halfsecond.hosts.retired";

  /// Gauge, seconds since the epoch; host.
  public static final String HEARTBEAT = "halfsecond.collector.heartbeat.timestamp";

  /// Counter of records, events and connections lost between the kernel and the judge; host, reason
  /// = `missing`, `late`, `incomplete`, `killed`, why a collector gave a record up, or SOURCE-lost,
  /// SOURCE-queue-full, SOURCE-overflow for events of a source. Of a host without details,
  /// `missing` only.
  public static final String LOST = "halfsecond.lost";

  public static final String SECONDS = "seconds";

  /// The base unit of gauges without a unit, or with the unit in their name.
  public static final String NO_UNIT = "";

  private Meters() {}
}
