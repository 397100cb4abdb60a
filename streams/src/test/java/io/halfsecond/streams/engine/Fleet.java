package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.cohort.Deviations;
import io.halfsecond.streams.cohort.PublishedProfiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Hosts of one cohort and the finders of shifts, without Kafka.
final class Fleet {
  static final String COHORT = "debian-12";
  static final Duration HOUR = Duration.ofHours(1);

  final List<Alert> ofHosts = new ArrayList<>();
  final List<Alert> ofCohort = new ArrayList<>();
  final PublishedProfiles profiles = new PublishedProfiles();
  final MapStore hostStates = new MapStore();
  final MapStore cohortStates = new MapStore();
  private final MapStore knowledge = new MapStore();
  private final OpenAlerts hostAlerts = OpenAlerts.inMemory();
  private final OpenAlerts cohortAlerts = OpenAlerts.inMemory();
  private final HostStates hosts = HostStates.inMemory();
  private final Set<String> names = new TreeSet<>();
  private final DetectorSettings settings;
  private int connections;
  private KeyStates states;
  private Paces paces;
  private ShiftFinder hostFinder;
  private CohortShiftFinder cohortFinder;

  Fleet(DetectorSettings settings) {
    this.settings = settings;
    this.states = new KeyStates(hostStates, 1);
    this.paces = new Paces(Duration.ofSeconds(10), states::of);
    this.hostFinder = hostFinder();
    this.cohortFinder = cohortFinder();
  }

  /// Creates new finders on the same stores, as a restart does.
  void restart() {
    write();
    hostFinder = hostFinder();
    cohortFinder = cohortFinder();
    names.forEach(host -> paces.heard(host, hosts.get(host).clock(), 0));
  }

  /// Writes what has changed to the stores.
  void write() {
    states.write();
    cohortFinder.write();
  }

  private ShiftFinder hostFinder() {
    states = new KeyStates(hostStates, 1);
    paces = new Paces(Duration.ofSeconds(10), states::of);
    return new ShiftFinder(
        settings,
        states,
        hosts,
        new HostProfiles(hosts, profiles),
        paces,
        hostAlerts,
        paces::owners);
  }

  private CohortShiftFinder cohortFinder() {
    return new CohortShiftFinder(
        settings, new KeyStates(cohortStates, 1), knowledge, profiles, cohortAlerts);
  }

  /// One startup of one host.
  void connect(String host, Instant at, double nanos) {
    connections++;
    names.add(host);
    var telemetry =
        new Telemetry.Authentication(
            Given.auth(connections, at).setHost(host).setCohort(COHORT).build());
    var state = hosts.get(host);
    state.accept(telemetry);
    hosts.put(host, state);
    paces.heard(host, at, 0);
    var measurement =
        new Measurement(
            Signal.STARTUP, "all", nanos, at, Given.id(connections), host.hashCode(), 0.05);
    ofHosts(hostFinder.take(new Reading(telemetry, List.of(measurement)), 0));
  }

  private void ofHosts(List<Output> outputs) {
    for (var output : outputs) {
      switch (output) {
        case Output.Alerted(var change, _) -> ofHosts.addAll(change.records());
        case Output.ToCohort(var input, _) when input.getInput() instanceof Deviation packed ->
            Deviations.unpack(packed)
                .forEach(deviation -> ofCohort(cohortFinder.take(deviation, 0)));
        default -> {}
      }
    }
  }

  private void ofCohort(List<Output> outputs) {
    for (var output : outputs) {
      switch (output) {
        case Output.Alerted(var change, _) -> ofCohort.addAll(change.records());
        case Output.Profiled(var profile) -> profiles.publish(profile);
        default -> {}
      }
    }
  }

  static List<Alert> in(AlertState state, List<Alert> alerts) {
    return alerts.stream().filter(alert -> alert.getState() == state).toList();
  }

  /// Decides about an alert of a host or of the cohort.
  ///
  /// @return whether the decision was applied
  boolean decide(Alert alert, Decision decision, Instant at) {
    var control = Given.decided(alert, decision, at);
    boolean isCohorts = alert.getHost().isEmpty();
    var outputs = isCohorts ? cohortFinder.decide(control) : hostFinder.decide(control);
    if (isCohorts) {
      ofCohort(outputs);
    } else {
      ofHosts(outputs);
    }
    return !outputs.isEmpty();
  }
}
