package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.CohortInput;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.cohort.Profiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.measurement.Inspection;
import io.halfsecond.streams.measurement.Measurements;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.store.ByteStore;
import io.halfsecond.streams.telemetry.HostClock;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Judges the hosts of one partition: drops duplicates, takes measurements, and runs the finders.
///
/// **Guarantees** that the output follows only from the order of the input, the state of the stores
/// and the published profiles.
///
/// Not safe for use by several threads.
public final class HostEngine {
  /// The topics of a host arrive shifted against each other by a few seconds.
  private static final Duration STRAGGLING = Duration.ofSeconds(10);

  /// Each store is used by this engine alone.
  ///
  /// @param keys the detector's states
  /// @param trials of the hosts with a recent change
  /// @param selfTests bytes by host
  /// @param forgeries bytes by host
  public record HostStores(
      HostStates hosts,
      SeenIds seen,
      KeyStates keys,
      Trials trials,
      ByteStore selfTests,
      ByteStore forgeries,
      OpenAlerts alerts) {}

  private final HostStates hosts;
  private final KeyStates keys;
  private final Trials trials;
  private final SeenIds seen;
  private final OpenAlerts alerts;
  private final Paces paces;
  private final Retirement retirement = new Retirement();
  private final ShiftFinder shifts;
  private final TrialFinder trialFinder;
  private final ForgedFinder forged;
  private final SilenceFinder silence;
  private final List<Finder<Reading>> finders;

  /// @param partitions number of partitions of the telemetry: each has an equal part of a budget
  ///   for the whole fleet
  public HostEngine(
      DetectorSettings settings, HostStores stores, Profiles profiles, int partitions) {
    this(settings, stores, profiles, partitions, List.of());
  }

  /// @param more finders in addition to those of this class
  HostEngine(
      DetectorSettings settings,
      HostStores stores,
      Profiles profiles,
      int partitions,
      List<Finder<Reading>> more) {
    this.hosts = stores.hosts();
    this.keys = stores.keys();
    this.trials = stores.trials();
    this.seen = stores.seen();
    this.alerts = stores.alerts();
    this.paces = new Paces(STRAGGLING, stores.keys()::of);
    var ofHosts = new HostProfiles(hosts, profiles);
    this.shifts =
        new ShiftFinder(settings, keys, hosts, ofHosts, paces, alerts, () -> fleet(partitions));
    this.trialFinder = new TrialFinder(trials, keys, hosts, ofHosts, paces, alerts);
    this.forged = new ForgedFinder(stores.forgeries(), hosts, alerts);
    this.silence = new SilenceFinder(hosts, alerts);
    this.finders = new ArrayList<>();
    finders.add(
        new SelfTestFinder(
            stores.selfTests(),
            hosts,
            alerts,
            () -> settings.budget().limitDays(SelfTestFinder.SHARE, fleet(partitions))));
    finders.add(trialFinder);
    finders.add(shifts);
    finders.add(new TwoCollectorsFinder(hosts, alerts));
    finders.add(new TamperFinder(hosts, alerts));
    finders.add(silence);
    finders.addAll(more);
  }

  /// Number of hosts that share the budget of the fleet, estimated from the hosts of this
  /// partition.
  private long fleet(int partitions) {
    return Math.max(1, (long) paces.owners() * partitions);
  }

  /// The outputs that show a host again after a restart.
  public List<Output> resume(String host, long nowMillis) {
    var state = hosts.get(host);
    paces.heard(host, state.clock(), nowMillis);
    retirement.resume(host, state.clock());
    trialFinder.resume(host);
    var out = new ArrayList<Output>();
    out.add(new Output.HeartbeatSeen(host, state));
    out.addAll(silence.resume(host, nowMillis));
    out.addAll(shifts.resume(host));
    return out;
  }

  /// What the host's present is compared with.
  public Background background(String host) {
    return new Background(shifts.baselines(host), alerts.changes(host));
  }

  /// Whether telemetry of the host was taken before.
  public boolean knows(String host) {
    return hosts.get(host).isKnown();
  }

  /// @param nowMillis wall clock, to detect silence
  public List<Output> take(Input input, long nowMillis) {
    return switch (input) {
      case Telemetry telemetry -> take(telemetry, nowMillis);
      case Input.Control(var control) -> decide(control);
      case Input.Forged record -> refuse(record, nowMillis);
    };
  }

  /// The record itself changes nothing, and no cohort hears of it: the alert is no shift, and its
  /// times are those of reading.
  private List<Output> refuse(Input.Forged record, long nowMillis) {
    var out = new ArrayList<Output>();
    out.add(new Output.Refused(record));
    if (record.claimed() instanceof Telemetry) {
      out.addAll(forged.take(record, nowMillis));
    }
    return out;
  }

  private List<Output> take(Telemetry received, long nowMillis) {
    var out = new ArrayList<Output>();
    var host = received.host();
    var at = believed(received.at(), nowMillis);
    if (knows(host) && Retirement.hasRetired(hosts.get(host).clock(), at)) {
      retire(host, out);
    }
    retirement.heard(host, at).forEach(gone -> retire(gone, out));
    var state = hosts.get(host);
    var judged = state.judged(received, Instant.ofEpochMilli(nowMillis));
    var telemetry = judged.telemetry();
    var arrival = arrival(telemetry, state);
    if (arrival == HostState.Arrival.LATE) {
      state.late(telemetry.at());
    }
    hosts.put(host, state);
    if (telemetry instanceof Telemetry.Heartbeat) {
      out.add(new Output.HeartbeatSeen(host, state));
    }
    judged.step().ifPresent(step -> clockWasSet(host, step, out));
    if (arrival != HostState.Arrival.NEW) {
      out.add(new Output.LeftOut(arrival));
      return out;
    }
    Measurements.unusable(telemetry).map(Output.NotMeasured::new).ifPresent(out::add);
    var reading = Measurements.of(telemetry);
    out.add(new Output.Measured(reading));
    // Inspections come first, so that an alert that this record opens can name their changes.
    reading.inspection().ifPresent(inspection -> inspect(host, inspection, telemetry.at(), out));
    paces.heard(host, HostState.completeTo(telemetry), nowMillis);
    finders.forEach(finder -> add(finder.take(reading, nowMillis), out));
    return out;
  }

  private void clockWasSet(String host, HostClock.Step step, List<Output> out) {
    out.add(new Output.ClockWasSet(host, step));
    alerts
        .clockWasSet(host, step.at(), step.by())
        .forEach(change -> add(List.of(new Output.Alerted(change, step.at())), out));
  }

  /// A record has come that is not taken, because there are too many hosts: some may have retired
  /// by its time, and make room.
  public List<Output> passTo(Instant at, long nowMillis) {
    var out = new ArrayList<Output>();
    retirement.passTo(believed(at, nowMillis)).forEach(gone -> retire(gone, out));
    return out;
  }

  /// No event is in the future: a clock that is ahead must not retire hosts.
  private static Instant believed(Instant at, long nowMillis) {
    return at.toEpochMilli() > nowMillis ? Instant.ofEpochMilli(nowMillis) : at;
  }

  /// Ends the alerts of a host and deletes everything that is kept of it. What its cohort keeps
  /// goes by the clock of the cohort.
  private void retire(String host, List<Output> out) {
    var at = hosts.get(host).clock().plus(Retirement.AFTER);
    alerts.retire(host, at).forEach(change -> add(List.of(new Output.Alerted(change, at)), out));
    allFinders().forEach(finder -> finder.forget(host));
    hosts.forget(host);
    retirement.forget(host);
    out.add(new Output.Retired(host));
  }

  /// A record is a duplicate if the run has sent its number before, or if it has an id that was
  /// seen, whichever run of the collector sent it. One with an id is late where that is no longer
  /// known.
  private HostState.Arrival arrival(Telemetry telemetry, HostState state) {
    var arrival = state.accept(telemetry);
    if (arrival != HostState.Arrival.NEW || telemetry.id().isEmpty()) {
      return arrival;
    }
    if (telemetry.at().isBefore(state.clock().minus(Telemetry.Id.REMEMBERED))) {
      return HostState.Arrival.LATE;
    }
    return seen.contain(telemetry, state) ? HostState.Arrival.DUPLICATE : HostState.Arrival.NEW;
  }

  private void inspect(String host, Inspection inspection, Instant at, List<Output> out) {
    inspection
        .fingerprint()
        .filter(fingerprint -> !fingerprint.getCohort().isEmpty())
        .map(CohortInput::new)
        .ifPresent(input -> out.add(new Output.ToCohort(input, at)));
    var known = inspection.fingerprint().map(_ -> alerts.changes(host)).orElse(List.of());
    alerts
        .take(host, inspection)
        .forEach(change -> add(List.of(new Output.Alerted(change, at)), out));
    inspection
        .fingerprint()
        .ifPresent(
            fingerprint -> {
              var found = new ArrayList<>(alerts.changes(host));
              found.removeAll(known);
              trialFinder.inspected(fingerprint, found);
            });
  }

  /// Passes a decision about a cohort or an incident on to the cohort.
  private List<Output> decide(AlertControl control) {
    if (control.getHost().isEmpty()) {
      return List.of(
          new Output.ToCohort(new CohortInput(control), control.getAcknowledgement().getAt()));
    }
    var out = new ArrayList<Output>();
    allFinders()
        .filter(finder -> finder.owns(control.getSubject()))
        .forEach(finder -> add(finder.decide(control), out));
    out.add(new Output.Decided(control, !out.isEmpty()));
    return out;
  }

  /// Writes what has changed to the stores. To be called before they are committed.
  public void write() {
    hosts.write();
    keys.write();
    trials.write();
  }

  /// Called every few seconds of wall clock.
  public List<Output> tick(long nowMillis) {
    var out = new ArrayList<Output>();
    allFinders().forEach(finder -> add(finder.tick(nowMillis), out));
    return out;
  }

  /// Judges which hosts are silent. To be called where there is a wall clock, and never for
  /// telemetry of another time.
  ///
  /// @param readingSinceMillis since when it is sure that what collectors send would be read
  public List<Output> silence(long nowMillis, long readingSinceMillis) {
    var out = new ArrayList<Output>();
    add(silence.silent(nowMillis, readingSinceMillis), out);
    return out;
  }

  private Stream<Finder<?>> allFinders() {
    return Stream.concat(finders.stream(), Stream.of(forged));
  }

  /// Passes each record of an alert on to the cohort of the host.
  private static void add(List<Output> found, List<Output> out) {
    for (var output : found) {
      out.add(output);
      if (output instanceof Output.Alerted(var change, var at)) {
        for (Alert alert : change.records()) {
          if (!alert.getCohort().isEmpty()) {
            out.add(new Output.ToCohort(new CohortInput(withoutEvidence(alert)), at));
          }
        }
      }
    }
  }

  /// The cohort writes texts of its own from the fields.
  private static Alert withoutEvidence(Alert alert) {
    return Alert.newBuilder(alert).setEvidence(List.of()).build();
  }
}
