package io.halfsecond.grafana;

import java.util.function.UnaryOperator;

/// Every series that the dashboards ask for, and the selections of them that several panels share.
/// Names as Prometheus shows them; deploy's `DashboardsOnPrometheusIT` asks a real one for each.
final class Series {
  // Alerts. The figures have the id only, the rest is on the information series.
  static final String ALERT = "halfsecond_alert_info";
  static final String CONFIRMED = "halfsecond_alert_confirmed";
  static final String ONSET = "halfsecond_alert_onset_timestamp_seconds";
  static final String RATIO = "halfsecond_alert_ratio";
  static final String BEFORE = "halfsecond_alert_before_seconds";
  static final String AFTER = "halfsecond_alert_after_seconds";
  static final String MEMBERS = "halfsecond_alert_members";
  static final String HIDDEN = "halfsecond_alerts_hidden";
  static final String ALERT_RECORDS = "halfsecond_alert_records_total";
  static final String DECISIONS = "halfsecond_alert_decisions_total";

  // Every host.
  static final String EVIDENCE = "halfsecond_host_evidence_ratio";
  static final String DETAILS = "halfsecond_host_details";
  static final String HEARTBEAT = "halfsecond_collector_heartbeat_timestamp_seconds";
  static final String HOST_LOST = "halfsecond_host_lost_total";

  // Hosts with details; of the others startup alone, in windows of five minutes.
  static final String SIGNAL = "halfsecond_signal_seconds";
  static final String SIGNAL_FAULTS = "halfsecond_signal_faults";
  static final String CONNECTIONS = "halfsecond_signal_connections";
  static final String BASELINE_CONNECTIONS = "halfsecond_baseline_connections";

  // Hosts with details only.
  static final String BASELINE = "halfsecond_baseline_seconds";
  static final String BASELINE_FAULTS = "halfsecond_baseline_faults";
  static final String EVIDENCE_OF_SIGNAL = "halfsecond_detector_evidence_ratio";
  static final String CHANGE = "halfsecond_host_change_timestamp_seconds";

  // The topology.
  static final String MEASUREMENTS = "halfsecond_measurements_total";
  static final String SEEN = "halfsecond_connections_total";
  static final String SKIPPED = "halfsecond_records_skipped_total";
  static final String REFUSED = "halfsecond_records_refused_total";
  static final String DEAD_LETTERS = "halfsecond_dead_letters_total";
  static final String HOSTS = "halfsecond_hosts";
  static final String LAG = "kafka_consumer_fetch_manager_records_lag";
  static final String BUILD = "halfsecond_build_info";

  // Collectors.
  static final String READ = "halfsecond_collector_events_read_total";
  static final String ASSEMBLED = "halfsecond_collector_events_assembled_total";
  static final String DROPPED = "halfsecond_collector_events_dropped_total";
  static final String MISSED = "halfsecond_collector_events_lost_total";
  static final String IN_FLIGHT = "halfsecond_collector_events_in_flight";
  static final String RECORDS_DROPPED = "halfsecond_collector_records_dropped_total";
  static final String RECORDS_IN_FLIGHT = "halfsecond_collector_records_in_flight";
  static final String ACKNOWLEDGED = "halfsecond_collector_records_acknowledged_total";
  static final String OPEN_CONNECTIONS = "halfsecond_collector_connections_open";
  static final String SOURCE_UP = "halfsecond_collector_source_up";
  static final String SOURCE_DEGRADED = "halfsecond_collector_source_degraded";

  // Push.
  static final String DELIVERED = "halfsecond_push_delivered_total";
  static final String NOT_DELIVERED = "halfsecond_push_failed_total";
  static final String PUSH_BEHIND = "halfsecond_push_behind_seconds";

  private Series() {}

  /// Those of the hosts of the chosen cohorts. Only one series of a host has its cohort.
  static String ofCohort(String series) {
    return "%s and on (host) %s{cohort=~\"$cohort\"}".formatted(series, DETAILS);
  }

  /// The ten hosts that are first at the end of the range, over all of it. `topk` alone picks ten
  /// at each step, which are many more lines.
  ///
  /// @param at the series, at the time that it is given
  static String firstTen(UnaryOperator<String> at) {
    var end = " @ end()";
    return "%s and on (host) topk(10, %s%s)".formatted(at.apply(""), ofCohort(at.apply(end)), end);
  }

  /// A figure of the alerts that are selected.
  static String figure(String name, String alerts) {
    return figure(name, alerts, "");
  }

  /// @param then what is done with the figure
  static String figure(String name, String alerts, String then) {
    return "max by (id) (%s)%s and on (id) %s{%s}".formatted(name, then, ALERT, alerts);
  }
}
