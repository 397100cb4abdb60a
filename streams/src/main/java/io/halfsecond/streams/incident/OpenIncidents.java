package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.store.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// The open incidents of one cohort with their alerts, and the open alerts that belong to none.
/// They are in a store of bytes and in memory. Every change is written at once.
///
/// Not safe for use by several threads.
final class OpenIncidents {
  private static final AvroSerde<Alert> SERDE = AvroSerde.of(Alert.class);

  // No name of a cohort contains a number sign.
  private static final String INCIDENT = "#incident#";
  private static final String MEMBER = "#member#";
  private static final String ALONE = "#alone#";
  private static final String ACCEPTED = "#accepted#";
  private static final String SCANNED_AT = "#scanned-at";
  private static final String COMPARED_AT = "#compared-at#";

  /// After this time an accepted change is on all hosts or on none.
  private static final Duration ACCEPTED_FOR = Duration.ofDays(30);

  private final ByteStore store;
  private final String cohort;
  private final Map<String, OpenIncident> incidents = new TreeMap<>();
  private final Map<String, Alert> alone = new TreeMap<>();
  private final Map<String, Alert> accepted = new HashMap<>();

  /// When hosts were last compared.
  private Instant scannedAt = Instant.MIN;

  /// The newest event time of any input of the cohort. It is not stored, but never before an open
  /// incident's.
  Instant clock = Instant.MIN;

  /// When deviations of silent hosts were last deleted. It is not stored.
  Instant forgottenAt = Instant.MIN;

  private OpenIncidents(ByteStore store, String cohort) {
    this.store = store;
    this.cohort = cohort;
  }

  static OpenIncidents read(ByteStore store, String cohort) {
    var state = new OpenIncidents(store, cohort);
    state.each(
        INCIDENT,
        (id, alert) -> {
          var incident = new OpenIncident(alert);
          incident.comparedAt = state.time(COMPARED_AT + id);
          // Whether an update is due is not stored.
          incident.due = true;
          state.incidents.put(id, incident);
          state.clock = alert.getAt().isAfter(state.clock) ? alert.getAt() : state.clock;
        });
    state.each(
        MEMBER,
        (ids, alert) ->
            Optional.ofNullable(state.incidents.get(ids.substring(0, ids.indexOf('#'))))
                .ifPresent(incident -> incident.alerts.put(alert.getAlertId(), alert)));
    state.each(ALONE, state.alone::put);
    state.each(ACCEPTED, state.accepted::put);
    state.scannedAt = state.time(SCANNED_AT);
    return state;
  }

  /// The newest records of the incidents of all cohorts.
  static List<Alert> records(ByteStore store) {
    var records = new ArrayList<Alert>();
    store.scan(
        "",
        (key, bytes) -> {
          if (key.contains(INCIDENT)) {
            store.decoded(key, bytes, SERDE::decode).ifPresent(records::add);
          }
        });
    return records;
  }

  private void each(String kind, BiConsumer<String, Alert> each) {
    var prefix = cohort + kind;
    store.scan(
        prefix,
        (key, bytes) ->
            store
                .decoded(key, bytes, SERDE::decode)
                .ifPresent(alert -> each.accept(key.substring(prefix.length()), alert)));
  }

  Instant scannedAt() {
    return scannedAt;
  }

  void scanned(Instant at) {
    scannedAt = at;
    Times.put(store, cohort + SCANNED_AT, at);
  }

  /// A comparison shows an incident.
  void compared(OpenIncident incident, Instant at) {
    incident.comparedAt = at;
    Times.put(store, cohort + COMPARED_AT + incident.id(), at);
  }

  private Instant time(String key) {
    return Times.get(store, cohort + key).orElse(Instant.MIN);
  }

  /// In the order of their ids.
  Collection<OpenIncident> incidents() {
    return List.copyOf(incidents.values());
  }

  Optional<OpenIncident> incident(String id) {
    return Optional.ofNullable(incidents.get(id));
  }

  /// The incident that an alert is a part of.
  Optional<OpenIncident> incidentOf(String alertId) {
    return incidents.values().stream()
        .filter(incident -> incident.alerts.containsKey(alertId))
        .findFirst();
  }

  /// An alert has joined, or there is a newer record of it.
  void join(OpenIncident incident, Alert alert) {
    leaveAlone(alert.getAlertId());
    incident.alerts.put(alert.getAlertId(), alert);
    put(MEMBER + incident.id() + "#" + alert.getAlertId(), alert);
  }

  /// An alert is no longer a part of an incident.
  void leave(OpenIncident incident, String alertId) {
    incident.alerts.remove(alertId);
    store.delete(cohort + MEMBER + incident.id() + "#" + alertId);
  }

  /// The newest record of an incident.
  void put(OpenIncident incident, Alert record) {
    incident.last = record;
    incidents.put(incident.id(), incident);
    put(INCIDENT + incident.id(), record);
  }

  void end(OpenIncident incident) {
    incidents.remove(incident.id());
    store.delete(cohort + INCIDENT + incident.id());
    store.delete(cohort + COMPARED_AT + incident.id());
    incident
        .alerts
        .keySet()
        .forEach(id -> store.delete(cohort + MEMBER + incident.id() + "#" + id));
  }

  /// Open alerts of hosts that belong to no incident, in the order of their ids.
  Collection<Alert> alone() {
    return List.copyOf(alone.values());
  }

  void leaveAlone(String alertId) {
    if (alone.remove(alertId) != null) {
      store.delete(cohort + ALONE + alertId);
    }
  }

  void putAlone(Alert alert) {
    alone.put(alert.getAlertId(), alert);
    put(ALONE + alert.getAlertId(), alert);
  }

  /// A person has accepted an incident.
  void accept(Alert incident) {
    accepted.put(incident.getAlertId(), incident);
    put(ACCEPTED + incident.getAlertId(), incident);
  }

  Optional<Alert> takeBack(String id) {
    var alert = accepted.remove(id);
    if (alert != null) {
      store.delete(cohort + ACCEPTED + id);
    }
    return Optional.ofNullable(alert);
  }

  /// The last records of accepted incidents.
  Collection<Alert> accepted() {
    return List.copyOf(accepted.values());
  }

  Set<Trait> acceptedTraits() {
    var traits = new HashSet<Trait>();
    accepted.values().forEach(incident -> traits.addAll(Trait.suspected(incident)));
    return traits;
  }

  void forgetAccepted() {
    var old =
        accepted.values().stream()
            .filter(alert -> alert.getAt().isBefore(clock.minus(ACCEPTED_FOR)))
            .map(Alert::getAlertId)
            .toList();
    old.forEach(this::takeBack);
  }

  private void put(String key, Alert alert) {
    store.put(cohort + key, SERDE.encode(alert));
  }
}
