package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.streams.alert.AlertChange;
import io.halfsecond.streams.alert.Alerts;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.cohort.Deviations;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.incident.Incidents;
import io.halfsecond.streams.store.ByteStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Judges the cohorts of one partition: shifts of a cohort as a whole, and incidents of its hosts.
///
/// **Guarantees** that the output follows only from the order of the input, the state of the stores
/// and the published profiles.
///
/// Not safe for use by several threads.
public final class CohortEngine {
  /// Each store is used by this engine alone.
  ///
  /// @param keys the detector's states
  /// @param knowledge what has been learnt about cohorts
  public record CohortStores(
      KeyStates keys, ByteStore knowledge, OpenAlerts alerts, Incidents.IncidentStores incidents) {}

  private final CohortShiftFinder shifts;
  private final Incidents incidents;

  public CohortEngine(DetectorSettings settings, CohortStores stores, Profiles profiles) {
    this.shifts =
        new CohortShiftFinder(
            settings, stores.keys(), stores.knowledge(), profiles, stores.alerts());
    this.incidents = new Incidents(stores.incidents(), settings.budget());
  }

  public List<Alert> openIncidents() {
    return incidents.open();
  }

  /// @param at event time of the input
  /// @param nowMillis wall clock, to detect silence
  public List<Output> take(CohortInput input, Instant at, long nowMillis) {
    var out = new ArrayList<Output>();
    switch (input.getInput()) {
      case Deviation packed -> {
        for (var deviation : Deviations.unpack(packed)) {
          add(shifts.take(deviation, nowMillis), out);
          alerted(incidents.take(deviation), at, out);
        }
      }
      case HostFingerprint fingerprint -> alerted(incidents.take(fingerprint), at, out);
      case Alert alert -> alerted(incidents.take(alert), at, out);
      case AlertControl control -> decide(control, at, out);
      default ->
          throw new IllegalArgumentException(
              "not an input of a cohort: " + input.getInput().getClass());
    }
    return out;
  }

  private void decide(AlertControl control, Instant at, List<Output> out) {
    if (control.getScope() == AlertScope.INCIDENT) {
      alerted(incidents.decide(control), at, out);
    } else {
      add(shifts.decide(control), out);
    }
    out.add(new Output.Decided(control, !out.isEmpty()));
  }

  /// Writes what has changed to the stores. To be called before they are committed.
  public void write() {
    shifts.write();
    incidents.write();
  }

  /// Called every few seconds of wall clock.
  public List<Output> tick(long nowMillis) {
    var out = new ArrayList<Output>();
    add(shifts.tick(nowMillis), out);
    return out;
  }

  /// Passes each record of an alert of the cohort to the incidents. What was decided about its
  /// incident holds for an alert that follows.
  private void add(List<Output> found, List<Output> out) {
    for (var output : found) {
      out.add(output);
      if (output instanceof Output.Alerted(var change, var at)) {
        change
            .records()
            .forEach(
                alert -> {
                  alerted(incidents.take(alert), at, out);
                  incidents
                      .decisionOn(alert)
                      .ifPresent(word -> add(shifts.decide(Alerts.control(alert, word)), out));
                });
      }
    }
  }

  private static void alerted(List<AlertChange> changes, Instant at, List<Output> out) {
    changes.forEach(change -> out.add(new Output.Alerted(change, at)));
  }
}
