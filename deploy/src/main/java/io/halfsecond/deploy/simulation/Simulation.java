package io.halfsecond.deploy.simulation;

import io.halfsecond.deploy.simulation.FleetRecords.Counts;
import io.halfsecond.deploy.simulation.FleetRecords.Round;
import io.halfsecond.deploy.simulation.FleetRecords.Times;
import io.halfsecond.deploy.simulation.Injection.SlowLibrary;
import io.halfsecond.deploy.simulation.Seed.Purpose;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.avro.specific.SpecificRecordBase;

/// The telemetry of a fleet in the order in which it happens.
///
/// **Guarantees** that the same fleet and injections give the same records, byte for byte; that
/// event times of a host grow unless its clock is set back; that its records are numbered without
/// gaps, and its heartbeats account for them. A host has one connection open at a time: a session
/// ends before the next connection begins.
///
/// The memory is about a hundred bytes a host. Everything else is drawn again when it is needed.
///
/// Not safe for use by several threads.
public final class Simulation {
  /// Connections of a round of the probe; the last one is followed.
  static final int PROBE_CONNECTIONS = 5;

  /// Kinds of events. The order is that of events at the same time.
  private static final int INSPECTION = 0;

  private static final int CHANGE = 1;
  private static final int DECIDED = 2;
  private static final int ENDED = 3;
  private static final int PROBED = 4;
  private static final int HEARTBEAT = 5;
  private static final int KIND_BITS = 3;

  private static final Duration INSPECTED_AT_LEAST = Duration.ofMinutes(5);
  private static final Duration SENT_AT_LEAST = Duration.ofDays(1);

  /// From the restart of sshd until its new objects are found, and from their installation to the
  /// restart.
  private static final long FOUND_AFTER_MILLIS = 2_000;

  private static final long RESTARTED_AFTER_MILLIS = 5_000;

  /// The collector leaves out the key exchange until its client is compiled.
  private static final int UNCOMPILED_ROUNDS = 100;

  private static final int LARGEST_PID = 32_768;
  private static final long MICROS_PER_MILLI = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /// Takes the records.
  public interface Output {
    /// @param at true time of sending, whatever the clock of the host says
    <T extends SpecificRecordBase> void send(Topic<T> topic, String host, Instant at, T record);
  }

  private final Fleet fleet;
  private final Topics topics;
  private final Seed seed;
  private final Changes changes;
  private final Logins logins;
  private final Output output;
  private final List<Topic<?>> sent;
  private final LongHeap events = new LongHeap();
  private final Map<Integer, List<MappedObject>> objects = new HashMap<>();

  private final float[] level;
  private final float[] score;
  private final long[] connectedMillis;
  private final int[] connections;
  private final int[] rounds;
  private final int[] sequence;

  /// By topic of [#sent] and host: the number of the record that was sent last, plus one.
  private final int[][] last;

  /// @param injections what changes
  public Simulation(Fleet fleet, List<Injection> injections, Topics topics, Output output) {
    this.fleet = fleet;
    this.topics = topics;
    this.seed = new Seed(fleet.seed());
    this.changes = new Changes(injections, seed, fleet.hosts());
    this.logins = new Logins(fleet, changes);
    this.output = output;
    this.sent =
        List.of(
            topics.authTiming(),
            topics.sessionCpu(),
            topics.probe(),
            topics.hostFingerprint(),
            topics.collectorStatus());
    int hosts = fleet.hosts();
    level = new float[hosts];
    score = new float[hosts];
    connectedMillis = new long[hosts];
    connections = new int[hosts];
    rounds = new int[hosts];
    sequence = new int[hosts];
    last = new int[sent.size()][hosts];
    for (int host = 0; host < hosts; host++) {
      level[host] = (float) logins.level(host);
      begin(host);
    }
  }

  private void begin(int host) {
    long start = start(host);
    if (fleet.collectors().inventory()) {
      add(start, INSPECTION, host);
      for (var affected : changes.all()) {
        if (affected.injection() instanceof SlowLibrary && affected.isAffected(host)) {
          add(affected.sinceMillis(host) + FOUND_AFTER_MILLIS, CHANGE, host);
        }
      }
    }
    fleet.collectors().heartbeat().ifPresent(_ -> add(start, HEARTBEAT, host));
    fleet.collectors().probe().ifPresent(_ -> add(afterProbe(host, 0, start), PROBED, host));
    connect(host, start + logins.pauseMillis(host, 0, start), start);
  }

  /// When the collector of the host starts: spread over a minute.
  private long start(int host) {
    return seed.of(Purpose.HOST, host, 1).nextInt(60_000);
  }

  private void add(long millis, int kind, int host) {
    events.add((millis << Fleet.HOST_BITS | host) << KIND_BITS | kind);
  }

  /// Which hosts are affected by what.
  public List<AffectedHosts> affected() {
    return changes.all().stream().map(this::affected).toList();
  }

  private AffectedHosts affected(Affected affected) {
    var hosts = new HashMap<String, Instant>();
    for (int host = 0; host < fleet.hosts(); host++) {
      if (affected.isAffected(host)) {
        hosts.put(fleet.host(host), instant(affected.sinceMillis(host)));
      }
    }
    return new AffectedHosts(affected.injection(), hosts);
  }

  /// @param hosts since when, by name
  public record AffectedHosts(Injection injection, Map<String, Instant> hosts) {
    public AffectedHosts {
      hosts = Map.copyOf(hosts);
    }
  }

  /// When the next records are sent.
  public Instant next() {
    return instant(millis(events.least()));
  }

  private static long millis(long event) {
    return event >>> (Fleet.HOST_BITS + KIND_BITS);
  }

  private Instant instant(long millis) {
    return fleet.begin().plusMillis(millis);
  }

  /// Sends the next records.
  public void step() {
    long event = events.removeLeast();
    int kind = (int) event & ((1 << KIND_BITS) - 1);
    int host = (int) (event >>> KIND_BITS) & (Fleet.MOST_HOSTS - 1);
    long now = millis(event);
    switch (kind) {
      case INSPECTION -> inspect(host, now);
      case CHANGE -> find(host, now);
      case DECIDED -> decide(host, now);
      case ENDED -> end(host, now);
      case PROBED -> probe(host, now);
      case HEARTBEAT -> beat(host, now);
      default -> throw new IllegalStateException("event " + kind);
    }
  }

  /// Sends everything before a time.
  public void stepUntil(Instant end) {
    while (next().isBefore(end)) {
      step();
    }
  }

  /// Stops the collectors on purpose. Nothing may follow: the topology does not take the end of a
  /// simulation for hosts that fall silent.
  public void stop(Instant at) {
    long now = Duration.between(fleet.begin(), at).toMillis();
    if (fleet.collectors().heartbeat().isPresent()) {
      for (int host = 0; host < fleet.hosts(); host++) {
        if (start(host) < now) {
          beat(host, now, true);
        }
      }
    }
  }

  private FleetRecords records(int host) {
    var name = fleet.host(host);
    return new FleetRecords(
        name,
        // A later simulation of the same hosts is another run of their collectors.
        name + "-" + fleet.seed() + "-" + fleet.begin().getEpochSecond(),
        fleet.cohort(host),
        fleet.platform(host));
  }

  /// Time by the clock of the host.
  private Instant clock(int host, long millis) {
    return instant(millis).plusNanos(changes.clockNanos(host, millis));
  }

  private <T extends SpecificRecordBase> void send(Topic<T> topic, int host, long now, T record) {
    int number = sequence[host]++;
    boolean heartbeat = topic.equals(topics.collectorStatus());
    if (heartbeat || !changes.isLost(host, now)) {
      last[sent.indexOf(topic)][host] = number + 1;
      output.send(topic, fleet.host(host), instant(now), record);
    }
  }

  // Connections

  private void connect(int host, long at, long before) {
    score[host] = logins.score(host, connections[host], score[host], at - before);
    connectedMillis[host] = at;
    add(at + millisOf(login(host).undecided()), DECIDED, host);
  }

  private Login login(int host) {
    return logins.draw(host, connections[host], connectedMillis[host], level[host], score[host]);
  }

  private static long millisOf(long nanos) {
    return (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
  }

  private void decide(int host, long now) {
    var login = login(host);
    send(
        topics.authTiming(),
        host,
        now,
        records(host).timing(sequence[host], login, times(host, login, now), Optional.empty()));
    long next =
        connectedMillis[host]
            + logins.pauseMillis(host, connections[host] + 1L, connectedMillis[host]);
    long ended = Math.min(now + millisOf(login.session()), next);
    add(Math.max(now, ended) + 1, ENDED, host);
  }

  private void end(int host, long now) {
    var login = login(host);
    send(
        topics.sessionCpu(),
        host,
        now,
        records(host).session(sequence[host], login, times(host, login, now), Optional.empty()));
    long before = connectedMillis[host];
    connections[host]++;
    long next = before + logins.pauseMillis(host, connections[host], before);
    connect(host, Math.max(now, next) + 1, before);
  }

  /// By the clock that the host had when the connection began: the collector measures by a clock
  /// that cannot be set.
  private Times times(int host, Login login, long endedMillis) {
    // No connection begins at a whole millisecond.
    var connectedAt =
        clock(host, connectedMillis[host])
            .plus(login.startupWait() % MICROS_PER_MILLI, ChronoUnit.MICROS);
    return new Times(
        connectedAt,
        connectedAt.plus(login.undecided() / 1_000, ChronoUnit.MICROS),
        connectedAt.plusMillis(endedMillis - connectedMillis[host]),
        pid(connections[host] + 17 * host));
  }

  private static int pid(int number) {
    return 1_000 + Math.floorMod(7 * number, LARGEST_PID - 1_000);
  }

  // The probe

  private long afterProbe(int host, int round, long now) {
    double earlier = 0.2 * seed.of(Purpose.PROBE, host, ~round).nextDouble();
    long every = fleet.collectors().probe().orElseThrow().toMillis();
    return now + (long) (every * (1 - earlier));
  }

  private void probe(int host, long now) {
    int round = rounds[host]++;
    var random = seed.of(Purpose.PROBE, host, round);
    var id = Logins.id(random);
    var records = records(host);
    long connect = (long) (100_000 * Logins.factor(random, 0.2));
    long banner = Long.MAX_VALUE;
    long began = now;
    var followed = probeConnection(host, round, 0, now);
    for (int n = 0; n < PROBE_CONNECTIONS; n++) {
      followed = probeConnection(host, round, n, now);
      began -= millisOf(followed.undecided()) + 1;
      banner = Math.min(banner, followed.startup());
    }
    for (int n = 0; n < PROBE_CONNECTIONS; n++) {
      var login = probeConnection(host, round, n, now);
      var connectedAt = clock(host, began);
      began += millisOf(login.undecided()) + 1;
      var decidedAt = connectedAt.plus(login.undecided() / 1_000, ChronoUnit.MICROS);
      var times =
          new Times(connectedAt, decidedAt, clock(host, began), pid(round * PROBE_CONNECTIONS + n));
      send(
          topics.authTiming(),
          host,
          now,
          records.timing(sequence[host], login, times, Optional.of(id)));
      send(
          topics.sessionCpu(),
          host,
          now,
          records.session(sequence[host], login, times, Optional.of(id)));
    }
    long kex = duration(random, 11, host);
    send(
        topics.probe(),
        host,
        now,
        records.probe(
            sequence[host],
            clock(host, now),
            new Round(
                id,
                connect,
                banner,
                round < UNCOMPILED_ROUNDS ? Optional.empty() : Optional.of(kex),
                duration(random, 30, host)),
            followed));
    add(afterProbe(host, round + 1, now), PROBED, host);
  }

  private Login probeConnection(int host, int round, int number, long now) {
    return logins.probe(
        host,
        (long) round * PROBE_CONNECTIONS + number,
        now,
        level[host],
        number == PROBE_CONNECTIONS - 1);
  }

  private long duration(SplittableRandom random, double millis, int host) {
    return (long) (millis * NANOS_PER_MILLI * level[host] * Logins.factor(random, 0.1));
  }

  // Inspections and heartbeats

  private void inspect(int host, long now) {
    sendFingerprint(
        host, now, now == start(host) ? Optional.empty() : Optional.of(inspected(host, now - 1)));
    add(now + SENT_AT_LEAST.toMillis(), INSPECTION, host);
  }

  /// The collector finds that sshd was restarted on other files.
  private void find(int host, long now) {
    sendFingerprint(
        host,
        now,
        Optional.of(inspected(host, now - FOUND_AFTER_MILLIS - RESTARTED_AFTER_MILLIS - 1)));
  }

  private void sendFingerprint(int host, long now, Optional<Long> previous) {
    int releases = changes.releases(host, now);
    long restarted = releases == 0 ? 0 : restarted(host, now);
    var at = clock(host, now);
    send(
        topics.hostFingerprint(),
        host,
        now,
        records(host)
            .fingerprint(
                sequence[host],
                at,
                previous.map(millis -> clock(host, millis)).filter(before -> !before.isAfter(at)),
                bootedAt(host),
                releases == 0 ? bootedAt(host).plusSeconds(20) : clock(host, restarted),
                releases == 0
                    ? unchanged(host)
                    : fleet
                        .platform(host)
                        .objects(releases, clock(host, restarted - RESTARTED_AFTER_MILLIS))));
  }

  private List<MappedObject> unchanged(int host) {
    int platform = fleet.cohorts() == 0 ? host : host % fleet.cohorts();
    return objects.computeIfAbsent(
        Platform.number(platform), _ -> fleet.platform(host).objects(0, Instant.EPOCH));
  }

  private Instant bootedAt(int host) {
    return fleet.begin().minus(Duration.ofHours(1 + seed.of(Purpose.HOST, host, 2).nextInt(2_000)));
  }

  /// When sshd was last restarted on another release of the library.
  private long restarted(int host, long now) {
    return changes.all().stream()
        .filter(affected -> affected.injection() instanceof SlowLibrary)
        .mapToLong(affected -> affected.sinceMillis(host))
        .filter(since -> since <= now)
        .max()
        .orElse(0);
  }

  /// The last inspection: there is one every few minutes, and one after a restart.
  private long inspected(int host, long now) {
    long start = start(host);
    long regular = now - Math.floorMod(Math.max(0, now - start), INSPECTED_AT_LEAST.toMillis());
    long restarted =
        changes.releases(host, now) == 0 ? 0 : restarted(host, now) + FOUND_AFTER_MILLIS;
    return restarted > now ? regular : Math.max(regular, restarted);
  }

  private void beat(int host, long now) {
    beat(host, now, false);
    add(now + fleet.collectors().heartbeat().orElseThrow().toMillis(), HEARTBEAT, host);
  }

  private void beat(int host, long now, boolean goodbye) {
    var acknowledged = new HashMap<String, Long>();
    for (int n = 0; n < last.length; n++) {
      if (last[n][host] > 0) {
        acknowledged.put(sent.get(n).name(), last[n][host] - 1L);
      }
    }
    var at = clock(host, now);
    send(
        topics.collectorStatus(),
        host,
        now,
        records(host)
            .heartbeat(
                sequence[host],
                at,
                instant(start(host)),
                new Counts(
                    connections[host] + (long) rounds[host] * PROBE_CONNECTIONS, acknowledged),
                fleet.collectors().inventory()
                    ? Optional.of(clock(host, inspected(host, now))).filter(it -> !it.isAfter(at))
                    : Optional.empty(),
                goodbye));
  }
}
