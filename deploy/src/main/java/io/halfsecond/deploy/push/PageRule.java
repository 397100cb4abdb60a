package io.halfsecond.deploy.push;

import io.halfsecond.schemas.Tier;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rules of Prometheus that are about alerts, as they are in `rules.template.yml`: which of
/// them fires for an alert follows from its labels. What is pushed has the same labels, so that
/// routing and inhibition do not depend on the way, and an alert that comes on both ways is one.
enum PageRule {
  INCIDENT("HalfsecondIncident", "page", Wait.NONE),
  INCIDENT_CREPT("HalfsecondIncidentCrept", "ticket", Wait.NONE),
  SSHD_SHIFTED("HalfsecondSshdShifted", "page", Wait.NONE),
  SSHD_SHIFTED_ALONE("HalfsecondSshdShiftedAlone", "page", Wait.FOR_INCIDENT),
  SSHD_LOADED("HalfsecondSshdLoaded", "ticket", Wait.FOR_LOAD),
  SSHD_CREPT("HalfsecondSshdCrept", "ticket", Wait.FOR_INCIDENT),
  TELEMETRY_FORGED("HalfsecondTelemetryForged", "page", Wait.NONE),
  TAMPERING("HalfsecondTampering", "page", Wait.NONE),
  TAMPERING_ALONE("HalfsecondTamperingAlone", "page", Wait.FOR_INCIDENT),
  TAMPERING_POSSIBLE("HalfsecondTamperingPossible", "ticket", Wait.FOR_INCIDENT),
  COLLECTOR_SILENT("HalfsecondCollectorSilent", "page", Wait.FOR_SILENCE),
  COLLECTOR_RESTARTING("HalfsecondCollectorRestarting", "ticket", Wait.FOR_SILENCE),
  COLLECTOR_SOURCE_LOST("HalfsecondCollectorSourceLost", "ticket", Wait.FOR_SILENCE),
  TELEMETRY_GAPS("HalfsecondTelemetryGaps", "ticket", Wait.FOR_SILENCE),
  TWO_COLLECTORS("HalfsecondTwoCollectors", "ticket", Wait.NONE),
  /// Nobody is told; it inhibits hosts without a change of a cohort that shifts as a whole.
  COHORT_IN_INCIDENT("HalfsecondCohortInIncident", "info", Wait.NONE);

  /// How long an alert has to last.
  enum Wait {
    NONE("0s"),
    /// `incidentWait` of the rules. An alert that no incident can cover does not wait: its record
    /// says so, which Prometheus cannot see.
    FOR_INCIDENT("5m"),
    /// `loadFor`
    FOR_LOAD("30m"),
    /// `silentFor`
    FOR_SILENCE("1m");

    private final String setting;

    Wait(String setting) {
      this.setting = setting;
    }

    Duration duration() {
      return Duration.parse("PT" + setting);
    }

    /// As the rules have it.
    String setting() {
      return setting;
    }
  }

  private static final Set<String> SHARED =
      Set.of("object", "package", "configuration", "kernel", "processor");

  private final String alertName;
  private final String severity;
  private final Wait wait;

  PageRule(String alertName, String severity, Wait wait) {
    this.alertName = alertName;
    this.severity = severity;
    this.wait = wait;
  }

  String alertName() {
    return alertName;
  }

  String severity() {
    return severity;
  }

  /// @param covered as the record of the alert has it
  Duration wait(boolean covered) {
    return wait == Wait.FOR_INCIDENT && !covered ? Duration.ZERO : wait.duration();
  }

  String waitSetting() {
    return wait.setting();
  }

  /// @param labels of a confirmed alert, as [io.halfsecond.streams.alert.AlertLabels] gives them
  /// @return empty for an alert of a newer version
  static Optional<PageRule> of(Map<String, String> labels) {
    return switch (labels.getOrDefault("scope", "")) {
      case "incident" -> ofIncident(labels);
      case "host" -> ofHost(labels);
      case "cohort" -> Optional.of(COHORT_IN_INCIDENT);
      default -> Optional.empty();
    };
  }

  private static Optional<PageRule> ofIncident(Map<String, String> labels) {
    return switch (labels.getOrDefault("signal", "")) {
      case "silence" -> ofSilence(labels);
      case "evidence" -> byTier(labels, TAMPERING, TAMPERING_POSSIBLE);
      default -> byTier(labels, INCIDENT, INCIDENT_CREPT);
    };
  }

  private static Optional<PageRule> ofHost(Map<String, String> labels) {
    boolean ofCohort = !labels.getOrDefault("cohort", "").isEmpty();
    return switch (labels.getOrDefault("signal", "")) {
      case "silence" -> ofSilence(labels);
      case "evidence" -> byTier(labels, ofCohort ? TAMPERING_ALONE : TAMPERING, TAMPERING_POSSIBLE);
      case "forged" -> Optional.of(TELEMETRY_FORGED);
      case "two-collectors" -> Optional.of(TWO_COLLECTORS);
      default -> byTier(labels, ofShift(labels.getOrDefault("cause", ""), ofCohort), SSHD_CREPT);
    };
  }

  private static PageRule ofShift(String cause, boolean ofCohort) {
    if (cause.equals("load")) {
      return SSHD_LOADED;
    }
    return ofCohort && SHARED.contains(cause) ? SSHD_SHIFTED_ALONE : SSHD_SHIFTED;
  }

  private static Optional<PageRule> ofSilence(Map<String, String> labels) {
    var stratum = labels.getOrDefault("stratum", "");
    return switch (stratum) {
      case "collector" -> Optional.of(COLLECTOR_SILENT);
      case "restarts" -> Optional.of(COLLECTOR_RESTARTING);
      case "numbers" -> Optional.of(TELEMETRY_GAPS);
      default ->
          stratum.startsWith("source/") ? Optional.of(COLLECTOR_SOURCE_LOST) : Optional.empty();
    };
  }

  private static Optional<PageRule> byTier(
      Map<String, String> labels, PageRule step, PageRule slower) {
    return switch (Tier.valueOf(labels.getOrDefault("tier", "").toUpperCase(Locale.ROOT))) {
      case STEP -> Optional.of(step);
      case CREEP, DRIFT -> Optional.of(slower);
      case UNKNOWN -> Optional.empty();
    };
  }
}
