package io.halfsecond.streams.replay;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.CohortNews;
import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.alert.Verdict;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.incident.Incidents;
import io.halfsecond.streams.judge.CohortJudge;
import io.halfsecond.streams.judge.HostJudge;
import io.halfsecond.streams.judge.KeyStates;
import io.halfsecond.streams.measurement.Look;
import io.halfsecond.streams.measurement.Measurement;
import io.halfsecond.streams.measurement.Measurements;
import io.halfsecond.streams.measurement.Reading;
import io.halfsecond.streams.measurement.SignalKey;
import io.halfsecond.streams.replay.ReplaySummary.Skipped;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Checks;
import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import io.halfsecond.streams.telemetry.Telemetry;
import io.halfsecond.streams.telemetry.TimeBounds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Puts old telemetry through everything that the topology
/// ([io.halfsecond.streams.HalfsecondTopology]) puts it through, in the same order, in one thread
/// and without Kafka.
///
/// **Guarantees** the same alerts, record by record and byte by byte, as the topology publishes of
/// the same records in the same order, if its budget is per host and no host is more than a day
/// behind another of its partition; and that the memory taken depends on how many hosts there are,
/// not on how many records, but for the connections' ids of a day or two.
///
/// **Assumes** that a host's records come about in the order of their event time. The hosts may
/// come one after the other.
///
/// Not safe for use by several threads.
public final class Replay {
  /// How often, by event time, it is looked for hosts that have fallen silent; as the topology does
  /// by its wall clock.
  private static final long LISTEN_MILLIS = Duration.ofSeconds(15).toMillis();

  private static final class Host {
    private final HostState state = HostState.fresh();
    private final RecentIds ids = new RecentIds();
  }

  private final Instant now;
  private final Consumer<Alert> output;
  private final Map<String, Host> hosts = new HashMap<>();
  private final KnownProfiles profiles = new KnownProfiles();
  private final HostJudge hostJudge;
  private final CohortJudge cohortJudge;
  private final Incidents incidents;
  private final ArrayDeque<CohortNews> news = new ArrayDeque<>();
  private final OpenAlerts alerts = OpenAlerts.inMemory();

  /// The newest event time of all hosts, which stands for the wall clock: alerts come in its order.
  private long clockMillis = Long.MIN_VALUE;

  private long listenAtMillis = Long.MIN_VALUE;

  private long records;
  private long decisions;
  private final Map<Skipped, Long> skipped = new EnumMap<>(Skipped.class);
  private final Map<Signal, Long> measurements = new EnumMap<>(Signal.class);
  private Instant first = Instant.MAX;
  private Instant last = Instant.MIN;
  private final Map<String, Alert> open = new LinkedHashMap<>();
  private final Map<Tier, Map<AlertState, Long>> opened = new EnumMap<>(Tier.class);

  /// @param now the wall clock: event times are believed if they are within 50 years of it
  /// @param output takes every record of every alert, in the order in which they become due
  public Replay(DetectorSettings settings, Instant now, Consumer<Alert> output) {
    this.now = now;
    this.output = output;
    this.hostJudge =
        new HostJudge(
            settings,
            new HostJudge.Stores(KeyStates.writingBack(new MapStore()), new MapStore()),
            host -> host(host).state,
            profiles,
            1,
            hostOutput());
    this.cohortJudge =
        new CohortJudge(
            settings,
            KeyStates.writingBack(new MapStore()),
            new MapStore(),
            profiles,
            cohortOutput());
    this.incidents =
        new Incidents(
            new Incidents.Stores(new MapStore(), new MapStore(), new MapStore()),
            settings.budget(),
            this::publishIncident);
  }

  /// @param key of the record on its topic: its host, or the record is not believed
  public void accept(String key, Telemetry telemetry) {
    records++;
    try {
      Checks.check(key, telemetry, TimeBounds.any(), now);
    } catch (InsaneRecordException _) {
      skip(Skipped.INSANE);
      return;
    }
    var at = telemetry.at();
    first = at.isBefore(first) ? at : first;
    last = at.isAfter(last) ? at : last;
    passTo(at.toEpochMilli());
    var host = host(key);
    host.state.accept(telemetry);
    if (isNew(telemetry, host)) {
      judge(key, read(telemetry));
    }
  }

  /// @param key of the record on its topic: the host or cohort that it is about, or it is not
  ///   believed
  public void accept(String key, AlertControl control) {
    records++;
    try {
      Checks.check(key, control);
    } catch (InsaneRecordException _) {
      skip(Skipped.INSANE);
      return;
    }
    boolean carriedOut =
        switch (control.getScope()) {
          case INCIDENT -> incidents.decide(control);
          case HOST, COHORT, UNKNOWN ->
              control.getHost().isEmpty() ? cohortJudge.decide(control) : hostJudge.decide(control);
        };
    tellCohorts();
    if (carriedOut) {
      decisions++;
    } else {
      skip(Skipped.POINTLESS);
    }
  }

  /// Closes the blocks that are open: the records that were given last vote too. Nothing more may
  /// be given after it.
  public ReplaySummary finish() {
    tick(Long.MAX_VALUE);
    open.values().forEach(this::count);
    open.clear();
    return new ReplaySummary(
        records,
        skipped,
        measurements,
        decisions,
        hosts.size(),
        Optional.of(first).filter(at -> at.isBefore(Instant.MAX)),
        Optional.of(last).filter(at -> at.isAfter(Instant.MIN)),
        opened);
  }

  private void passTo(long millis) {
    clockMillis = Math.max(millis, clockMillis);
    if (clockMillis >= listenAtMillis) {
      tick(clockMillis);
      listenAtMillis = clockMillis + LISTEN_MILLIS;
    }
  }

  private void tick(long nowMillis) {
    hostJudge.tick(nowMillis);
    tellCohorts();
    cohortJudge.tick(nowMillis);
    tellCohorts();
  }

  private Host host(String name) {
    return hosts.computeIfAbsent(name, _ -> new Host());
  }

  private boolean isNew(Telemetry telemetry, Host host) {
    var id = telemetry.id();
    if (id.isEmpty()) {
      return true;
    }
    var clock = host.state.clock();
    if (telemetry.at().toEpochMilli() < clock.toEpochMilli() - Telemetry.Id.REMEMBERED.toMillis()) {
      skip(Skipped.LATE);
      return false;
    }
    if (!host.ids.add(id.get(), clock)) {
      skip(Skipped.DUPLICATE);
      return false;
    }
    return true;
  }

  private Reading read(Telemetry telemetry) {
    var unusable = Measurements.unusable(telemetry);
    if (unusable.isPresent()) {
      skip(
          switch (unusable.get()) {
            case INCOMPLETE -> Skipped.INCOMPLETE;
            case PROBE -> Skipped.PROBE;
          });
      return new Reading(telemetry.at(), List.of());
    }
    var reading = Measurements.of(telemetry);
    for (Measurement measurement : reading.measurements()) {
      measurements.merge(measurement.signal(), 1L, Long::sum);
    }
    reading
        .selfTest()
        .ifPresent(
            report ->
                measurements.merge(
                    Signal.SELFTEST, (long) report.getComparisons().size(), Long::sum));
    return reading;
  }

  private void judge(String host, Reading reading) {
    reading.look().ifPresent(look -> take(host, look));
    hostJudge.take(host, reading, clockMillis);
    tellCohorts();
  }

  private void take(String host, Look look) {
    look.fingerprint()
        .filter(fingerprint -> !fingerprint.getCohort().isEmpty())
        .ifPresent(fingerprint -> news.addLast(new CohortNews(fingerprint)));
    alerts.take(host, look).forEach(this::publish);
  }

  /// After the host is through with a record, as behind the topic between the two parts of the
  /// topology.
  private void tellCohorts() {
    while (!news.isEmpty()) {
      switch (news.removeFirst().getNews()) {
        case Deviation deviation -> {
          cohortJudge.take(deviation, clockMillis);
          incidents.take(deviation);
        }
        case HostFingerprint fingerprint -> incidents.take(fingerprint);
        case Alert alert -> incidents.take(alert);
        default -> throw new IllegalStateException("nothing else is told to cohorts");
      }
    }
  }

  private HostJudge.Output hostOutput() {
    return new HostJudge.Output() {
      @Override
      public void verdict(Verdict verdict) {
        publish(alerts.take(verdict));
      }

      @Override
      public void deviation(Deviation deviation) {
        news.addLast(new CohortNews(deviation));
      }

      @Override
      public void state(SignalKey key, double evidence, long baseline) {
        // Nobody looks.
      }
    };
  }

  private CohortJudge.Output cohortOutput() {
    return new CohortJudge.Output() {
      @Override
      public void verdict(Verdict verdict) {
        publish(alerts.take(verdict));
      }

      @Override
      public void profile(CohortProfile profile) {
        profiles.publish(profile);
      }
    };
  }

  private void publish(OpenAlerts.Change change) {
    change.before().ifPresent(alert -> open.remove(alert.getAlertId()));
    change
        .open()
        .ifPresentOrElse(
            alert -> open.put(alert.getAlertId(), alert), () -> count(change.records().getLast()));
    change.records().forEach(this::publish);
  }

  /// An alert of a cohort is known to its incidents at once, one of a host by way of the topic
  /// between the two parts.
  private void publish(Alert record) {
    output.accept(record);
    if (record.getScope() == AlertScope.COHORT) {
      incidents.take(record);
    } else if (!record.getCohort().isEmpty()) {
      news.addLast(new CohortNews(record));
    }
  }

  private void publishIncident(Optional<Alert> before, Alert record) {
    before.ifPresent(last -> open.remove(last.getAlertId()));
    if (OpenAlerts.isOver(record)) {
      count(record);
    } else {
      open.put(record.getAlertId(), record);
    }
    output.accept(record);
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
