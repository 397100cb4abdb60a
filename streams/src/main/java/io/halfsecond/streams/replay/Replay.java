package io.halfsecond.streams.replay;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.AlertChange;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.engine.CohortEngine;
import io.halfsecond.streams.engine.HostEngine;
import io.halfsecond.streams.engine.HostStates;
import io.halfsecond.streams.engine.KeyStates;
import io.halfsecond.streams.engine.Output;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.incident.Incidents;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.replay.ReplaySummary.Skipped;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Drives the engines of the topology ([io.halfsecond.streams.HalfsecondTopology]) with recorded
/// telemetry, in one thread and without Kafka.
///
/// **Guarantees** the same records of alerts, byte by byte, as the topology publishes for the same
/// input in the same order, provided that the budget is per host and that no host is more than a
/// day behind another of its partition. When a host that has gone retires may differ: here all
/// hosts are of one partition, and a record that is far ahead of the others retires them. That a
/// collector is silent is not judged: there is no wall clock. Memory grows with the number of
/// hosts. It does not grow with the number of records, except for the ids of one or two days.
///
/// **Assumes** that the records of a host are roughly in the order of their event time. The hosts
/// may be read one after the other.
///
/// Not safe for use by several threads.
public final class Replay {
  /// How often the engines tick, by event time. The topology does so by its wall clock.
  private static final long TICK_MILLIS = Duration.ofSeconds(15).toMillis();

  private static final String SELF_TEST = "selftest";

  private final Instant now;
  private final Consumer<Alert> output;
  private final KnownProfiles profiles = new KnownProfiles();
  private final HostEngine hostEngine;
  private final CohortEngine cohortEngine;
  private final ArrayDeque<Output.ToCohort> toCohorts = new ArrayDeque<>();
  private final Map<String, RecentIds> ids = new HashMap<>();

  /// The newest event time of all hosts. The engines take it for the wall clock.
  private long clockMillis = Long.MIN_VALUE;

  private long tickAtMillis = Long.MIN_VALUE;

  private long records;
  private long decisions;
  private final Set<String> hosts = new HashSet<>();
  private Optional<String> firstInsane = Optional.empty();
  private final Map<Skipped, Long> skipped = new EnumMap<>(Skipped.class);
  private final Map<String, Long> measurements = new TreeMap<>();
  private Instant first = Instant.MAX;
  private Instant last = Instant.MIN;
  private final Map<String, Alert> open = new LinkedHashMap<>();
  private final Map<Tier, Map<AlertState, Long>> opened = new EnumMap<>(Tier.class);

  /// @param now the wall clock: event times within 50 years of it are valid
  /// @param output takes the records of all alerts, in the order in which they are made
  public Replay(DetectorSettings settings, Instant now, Consumer<Alert> output) {
    this.now = now;
    this.output = output;
    this.hostEngine =
        new HostEngine(
            settings,
            new HostEngine.HostStores(
                HostStates.inMemory(),
                this::hasSeen,
                new KeyStates(new MapStore(), 1),
                new Trials(new MapStore(), 1),
                new MapStore(),
                new MapStore(),
                OpenAlerts.inMemory()),
            profiles,
            1);
    this.cohortEngine =
        new CohortEngine(
            settings,
            new CohortEngine.CohortStores(
                new KeyStates(new MapStore(), 1),
                new MapStore(),
                OpenAlerts.inMemory(),
                new Incidents.IncidentStores(new MapStore(), new MapStore(), new MapStore())),
            profiles);
  }

  /// @param key of the record on its topic; the record is rejected if the key is not its host or
  ///   cohort
  public void accept(String key, Input input) {
    records++;
    try {
      Checks.check(key, input, TimeBounds.any(), now);
    } catch (InsaneRecordException e) {
      firstInsane = firstInsane.or(() -> Optional.ofNullable(e.getMessage()));
      skip(Skipped.INSANE);
      return;
    }
    if (input instanceof Telemetry telemetry) {
      hosts.add(telemetry.host());
      passTo(telemetry.at());
    }
    handle(hostEngine.take(input, clockMillis));
    passToCohorts();
  }

  /// Closes the open blocks, so that the last records are judged too. No record may follow.
  public ReplaySummary finish() {
    tick(Long.MAX_VALUE);
    open.values().forEach(this::count);
    open.clear();
    return new ReplaySummary(
        records,
        skipped,
        firstInsane,
        measurements,
        decisions,
        hosts.size(),
        Optional.of(first).filter(at -> at.isBefore(Instant.MAX)),
        Optional.of(last).filter(at -> at.isAfter(Instant.MIN)),
        opened);
  }

  private void passTo(Instant at) {
    first = at.isBefore(first) ? at : first;
    last = at.isAfter(last) ? at : last;
    clockMillis = Math.max(at.toEpochMilli(), clockMillis);
    if (clockMillis >= tickAtMillis) {
      tick(clockMillis);
      tickAtMillis = clockMillis + TICK_MILLIS;
    }
  }

  private void tick(long nowMillis) {
    handle(hostEngine.tick(nowMillis));
    passToCohorts();
    handle(cohortEngine.tick(nowMillis));
  }

  /// Runs after the host engine has handled a record: the topology has a topic between the two
  /// engines.
  private void passToCohorts() {
    while (!toCohorts.isEmpty()) {
      var next = toCohorts.removeFirst();
      handle(cohortEngine.take(next.input(), next.at(), clockMillis));
    }
  }

  private boolean hasSeen(Telemetry telemetry, HostState state) {
    var ofHost = ids.computeIfAbsent(telemetry.host(), _ -> new RecentIds());
    return !ofHost.add(telemetry.id().orElseThrow(), state.clock());
  }

  private void handle(List<Output> outputs) {
    for (var output : outputs) {
      switch (output) {
        case Output.Alerted(var change, _) -> publish(change);
        case Output.ToCohort toCohort -> toCohorts.addLast(toCohort);
        case Output.Profiled(var profile) -> profiles.publish(profile);
        case Output.Measured(var reading) -> count(reading);
        case Output.LeftOut(var arrival) ->
            skip(arrival == HostState.Arrival.LATE ? Skipped.LATE : Skipped.DUPLICATE);
        case Output.NotMeasured(var reason) ->
            skip(
                switch (reason) {
                  case INCOMPLETE -> Skipped.INCOMPLETE;
                  case PROBE -> Skipped.PROBE;
                });
        case Output.Decided(_, boolean applied) -> {
          if (applied) {
            decisions++;
          } else {
            skip(Skipped.WITHOUT_EFFECT);
          }
        }
        case Output.Retired(var host) -> {
          if (!hostEngine.knows(host)) {
            ids.remove(host);
          }
        }
        case Output.Evidence _,
            Output.HeartbeatSeen _,
            Output.FellSilent _,
            Output.ClockWasSet _,
            Output.Refused _ -> {}
      }
    }
  }

  private void publish(AlertChange change) {
    change.before().ifPresent(alert -> open.remove(alert.getAlertId()));
    change
        .open()
        .ifPresentOrElse(
            alert -> open.put(alert.getAlertId(), alert), () -> count(change.records().getLast()));
    change.records().forEach(output);
  }

  private void count(Reading reading) {
    reading
        .measurements()
        .forEach(
            measurement -> measurements.merge(Signals.label(measurement.signal()), 1L, Long::sum));
    if (reading.telemetry() instanceof Telemetry.SelfTest(var report)) {
      measurements.merge(SELF_TEST, (long) report.getComparisons().size(), Long::sum);
    }
  }

  private void count(Alert alert) {
    opened
        .computeIfAbsent(alert.getTier(), _ -> new EnumMap<>(AlertState.class))
        .merge(alert.getState(), 1L, Long::sum);
  }

  private void skip(Skipped reason) {
    skipped.merge(reason, 1L, Long::sum);
  }
}
