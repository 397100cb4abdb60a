package io.halfsecond.streams.metric;

/// The topology's metrics. Prometheus writes the names with underscores, and adds the unit of a
/// gauge and `_total` to a counter.
///
/// An open alert is one info series with what it is about, and gauges with its id alone. So a
/// figure that changes begins no new series, and rules and dashboards join the two by `id`.
public final class Meters {
  private static final String SECONDS = "seconds";
  private static final String NONE = "";

  /// Labels host, signal, window, quantile. Not for signals that are counts. Of a host without
  /// details, startup in five minutes only, and no 99 %.
  public static final Metric SIGNAL =
      new Metric(
          "halfsecond.signal",
          SECONDS,
          "Quantile of a signal of sshd on a host in the last full window");

  /// Labels host, signal, window, quantile.
  public static final Metric FAULTS =
      new Metric(
          "halfsecond.signal.faults",
          NONE,
          "Quantile of the page faults of a connection on a host in the last full window");

  /// Labels host, signal, window. Of a host without details, startup in five minutes only.
  public static final Metric SIGNAL_CONNECTIONS =
      new Metric(
          "halfsecond.signal.connections",
          NONE,
          "Connections or probes that the quantiles of a window are made of");

  /// Label signal.
  public static final Metric MEASUREMENTS =
      new Metric("halfsecond.measurements", NONE, "Measurements taken from telemetry");

  /// Labels cohort, evidence = kernel-and-log, kernel, log; gap = none, no-login, incomplete,
  /// unexplained, no-kernel: why one of the two did not see it.
  public static final Metric CONNECTIONS =
      new Metric(
          "halfsecond.connections",
          NONE,
          "Connections of clients, by whether the kernel and the log have seen them");

  /// Labels cohort, outcome = accepted, failed, no-preauth, timed-out, crashed.
  public static final Metric CONNECTIONS_OUTSIDE =
      new Metric(
          "halfsecond.connections.outside",
          NONE,
          "Connections of clients from outside the networks that are expected");

  /// Label reason = duplicate, incomplete, late, probe.
  public static final Metric RECORDS_SKIPPED =
      new Metric("halfsecond.records.skipped", NONE, "Records that were read and not measured");

  /// Label reason = missing, unreadable, unknown_key, wrong.
  public static final Metric RECORDS_REFUSED =
      new Metric(
          "halfsecond.records.refused",
          NONE,
          "Records of telemetry that do not prove which host they are from");

  /// Labels id (the first digits), scope = host, cohort, incident; host (of a host's alert only),
  /// cohort, signal, stratum, phase, direction, tier; cause: the kind of the first suspect, `none`
  /// if nothing has changed, `unknown`, or `cohort`; suspect: the first suspect in words, or empty.
  public static final Metric ALERT_INFO =
      new Metric(
          "halfsecond.alert.info", NONE, "1 while an alert or incident is open and not dismissed");

  /// Labels id, title. Renewed every 15 s at most, because each title is a series.
  public static final Metric ALERT_TITLE =
      new Metric(
          "halfsecond.alert.title.info", NONE, "1 for the title of an open alert or incident");

  /// Label id.
  public static final Metric ALERT_CONFIRMED =
      new Metric("halfsecond.alert.confirmed", NONE, "1 once an open alert is confirmed, else 0");

  /// Label id.
  public static final Metric ALERT_ONSET =
      new Metric(
          "halfsecond.alert.onset.timestamp",
          SECONDS,
          "When the shift of an open alert began, since the epoch");

  /// Label id. Not if the median before is 0.
  public static final Metric ALERT_RATIO =
      new Metric(
          "halfsecond.alert.ratio", NONE, "Median since the onset divided by the median before");

  /// Label id. Not for signals that are counts.
  public static final Metric ALERT_SHIFT =
      new Metric("halfsecond.alert.shift", SECONDS, "Median since the onset minus median before");

  /// Label id. Not for signals that are counts.
  public static final Metric ALERT_BEFORE =
      new Metric("halfsecond.alert.before", SECONDS, "Median before the onset of an open alert");

  /// Label id. Not for signals that are counts.
  public static final Metric ALERT_AFTER =
      new Metric("halfsecond.alert.after", SECONDS, "Median since the onset of an open alert");

  /// Label id.
  public static final Metric ALERT_BEFORE_FAULTS =
      new Metric(
          "halfsecond.alert.before.faults",
          NONE,
          "Median of page faults before the onset of an open alert");

  /// Label id.
  public static final Metric ALERT_AFTER_FAULTS =
      new Metric(
          "halfsecond.alert.after.faults",
          NONE,
          "Median of page faults since the onset of an open alert");

  /// Label id. Of incidents only.
  public static final Metric ALERT_MEMBERS =
      new Metric(
          "halfsecond.alert.members", NONE, "Hosts of an open incident that have not recovered");

  /// Labels as those of the info series, without the suspect. Of cohorts only.
  public static final Metric ALERT_DISMISSED =
      new Metric(
          "halfsecond.alert.dismissed.info",
          NONE,
          "1 for each open alert of a cohort that a person has dismissed");

  /// Label of = hosts, cohorts.
  public static final Metric ALERTS_HIDDEN =
      new Metric(
          "halfsecond.alerts.hidden",
          NONE,
          "Open alerts without series, because more are open than are shown");

  /// Label state.
  public static final Metric ALERT_RECORDS =
      new Metric("halfsecond.alert.records", NONE, "Records written to the topic of alerts");

  /// Label result = applied, ignored, refused.
  public static final Metric DECISIONS =
      new Metric("halfsecond.alert.decisions", NONE, "Decisions about alerts that were read");

  /// Label host.
  public static final Metric HOST_EVIDENCE =
      new Metric(
          "halfsecond.host.evidence.ratio",
          NONE,
          "Evidence for a shift divided by its limit, the largest of all signals of a host; an"
              + " alert opens at 1");

  /// Labels host, cohort (empty until the host's first heartbeat).
  public static final Metric HOST_DETAILS =
      new Metric("halfsecond.host.details", NONE, "1 while a host has all series, else 0");

  /// Label host.
  public static final Metric HOST_LOST =
      new Metric(
          "halfsecond.host.lost", NONE, "Sum of halfsecond_lost_total over all reasons, by host");

  /// Labels host, signal. Of hosts with details.
  public static final Metric EVIDENCE_RATIO =
      new Metric(
          "halfsecond.detector.evidence.ratio",
          NONE,
          "Evidence for a shift of a signal divided by its limit, the largest of its strata");

  /// Labels host, signal. Of a host without details, startup only.
  public static final Metric BASELINE_CONNECTIONS =
      new Metric(
          "halfsecond.baseline.connections",
          NONE,
          "Connections or probes that the baselines of a signal are made of");

  /// Labels host, signal, quantile. Of hosts with details. Not for signals that are counts.
  public static final Metric BASELINE =
      new Metric(
          "halfsecond.baseline",
          SECONDS,
          "Quantile of the baseline of a signal over all its strata, without an open shift");

  /// Labels host, signal, quantile. Of hosts with details.
  public static final Metric BASELINE_FAULTS =
      new Metric(
          "halfsecond.baseline.faults",
          NONE,
          "Quantile of the page faults of the baseline of a signal, without an open shift");

  /// Labels host, kind, change: what changed, in words. The newest changes of hosts with details.
  public static final Metric HOST_CHANGE =
      new Metric(
          "halfsecond.host.change.timestamp",
          SECONDS,
          "Time at which something changed on a host, since the epoch");

  /// Label store.
  public static final Metric STATES_SET_ASIDE =
      new Metric(
          "halfsecond.states.set.aside",
          NONE,
          "Values of the stores that could not be read or written, and were removed");

  /// Label reason = unreadable, unknown-schema, no-value, wrong-key, wrong-time, not-authentic,
  /// insane, too-many-hosts.
  public static final Metric DEAD_LETTERS =
      new Metric("halfsecond.dead.letters", NONE, "Records that could not be used");

  public static final Metric SCHEMAS_KNOWN =
      new Metric(
          "halfsecond.schemas.known",
          NONE,
          "Schemas of other versions that records can be read with");

  /// Label reason, see [io.halfsecond.schemas.travel.Refusal].
  public static final Metric SCHEMAS_REFUSED =
      new Metric("halfsecond.schemas.refused", NONE, "Schemas on the topic that are not used");

  /// Label result = arrived, missing, not-waited.
  public static final Metric SCHEMA_WAITS =
      new Metric(
          "halfsecond.schema.waits",
          NONE,
          "Records whose schema was not known when they were read");

  public static final Metric TOPOLOGY_RUNNING =
      new Metric(
          "halfsecond.topology.running",
          NONE,
          "1 while all tasks of this instance are restored and processing, else 0");

  public static final Metric LAST_JUDGED =
      new Metric(
          "halfsecond.topology.last.judged",
          SECONDS,
          "Seconds since this instance has judged a record, or since its start");

  public static final Metric HOSTS =
      new Metric("halfsecond.hosts", NONE, "Hosts that this instance keeps");

  public static final Metric HOSTS_RETIRED =
      new Metric(
          "halfsecond.hosts.retired",
          NONE,
          "Hosts that are no longer kept, because nothing has come from them for a month");

  public static final Metric CLOCKS_SET =
      new Metric(
          "halfsecond.clocks.set",
          NONE,
          "Times that the clock of a host was set back, or so far forward that it is ahead");

  /// Label host. Of at most a hundred hosts whose heartbeats are refused for their time.
  public static final Metric CLOCK_WRONG =
      new Metric(
          "halfsecond.host.clock.wrong",
          SECONDS,
          "How far the clock of a host is ahead, or behind if negative, which is too far to"
              + " correct: its records are not used");

  /// Label host.
  public static final Metric HEARTBEAT =
      new Metric(
          "halfsecond.collector.heartbeat.timestamp",
          SECONDS,
          "Event time of the last heartbeat of a collector, since the epoch");

  /// Labels host, goodbye = yes (the collector was stopped on purpose), no. Of a host whose
  /// heartbeats do not come.
  public static final Metric SILENT =
      new Metric(
          "halfsecond.collector.silent", NONE, "1 while no heartbeat comes from a collector");

  /// Labels host, reason = `missing`, `late`, `incomplete`, `killed`, why a collector gave a record
  /// up, or SOURCE-lost, SOURCE-queue-full, SOURCE-overflow for events of a source. Of a host
  /// without details, `missing` only.
  public static final Metric LOST =
      new Metric(
          "halfsecond.lost",
          NONE,
          "Records, events and connections lost between the kernel and the judge");

  private Meters() {}
}
