package io.halfsecond.streams.incident;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Hosts of one cohort with random logins, some of which change in between. Their telemetry passes
/// both engines of the topology, in the order of event time.
final class SimulatedFleet {
  static final String COHORT = "debian-12-x86_64";

  /// The measurements of a login.
  enum Measured {
    /** 8 ms, spread 10 %, nearly all of it CPU. */
    STARTUP,
    /** 290 ms, spread 12 %, and for nearly one client in five 420 ms, spread 20 %. */
    PREAUTH
  }

  private record Login(Instant at, int host) {}

  private final SplittableRandom random;
  private final Measured measured;
  private final Duration betweenLogins;
  private final PriorityQueue<Login> logins =
      new PriorityQueue<>(Comparator.comparing(Login::at).thenComparingInt(Login::host));
  private final Map<Integer, Long> sequences = new HashMap<>();
  private final Map<Integer, Double> slowed = new HashMap<>();
  private final List<Alert> records = new ArrayList<>();
  private final Replay replay = new Replay(DetectorSettings.defaults(), Given.START, records::add);
  private Instant now = Given.START;
  private long connections;

  /// @param betweenLogins mean time between two logins on one host
  SimulatedFleet(int hosts, Duration betweenLogins, Measured measured, long seed) {
    this.random = new SplittableRandom(seed);
    this.betweenLogins = betweenLogins;
    this.measured = measured;
    for (int host = 0; host < hosts; host++) {
      look(host, Given.fingerprint(0, now));
      schedule(host);
    }
  }

  static String name(int host) {
    return "web-%03d".formatted(host);
  }

  Instant now() {
    return now;
  }

  private void schedule(int host) {
    double pause = -Math.log(1 - random.nextDouble()) * betweenLogins.toMillis();
    logins.add(new Login(now.plusMillis((long) pause), host));
  }

  SimulatedFleet live(Duration time) {
    var end = now.plus(time);
    while (!logins.isEmpty() && logins.peek().at().isBefore(end)) {
      var next = logins.remove();
      now = next.at();
      login(next.host());
      schedule(next.host());
    }
    now = end;
    return this;
  }

  private void login(int host) {
    var timing =
        Given.auth(sequence(host), now)
            .setId(Given.id(connections++))
            .setHost(name(host))
            .setCollector(name(host))
            .setCohort(COHORT)
            .setSourcePseudonym("client-" + random.nextInt(5));
    // Hosts differ by a few percent.
    double own = (1 + 0.001 * (host % 50)) * random.nextDouble(0.999, 1.001);
    double extra = slowed.getOrDefault(host, 0.0);
    switch (measured) {
      case STARTUP -> startup(timing, own, extra);
      case PREAUTH -> preauth(timing, own, extra);
    }
    replay.accept(name(host), new Telemetry.Authentication(timing.build()));
  }

  private void startup(AuthTiming.Builder timing, double own, double extra) {
    double cpu = 7e6 * own * Math.exp(0.1 * random.nextGaussian());
    timing
        .setStartupCpuNanos((long) (cpu + extra))
        .setStartupNanos((long) (cpu + 1e6 + extra))
        .clearPreauthNanos()
        .clearPreauthCpuNanos();
  }

  /// Not in CPU time, which would show it sooner.
  private void preauth(AuthTiming.Builder timing, double own, double extra) {
    double wall =
        random.nextDouble() < 0.82
            ? 290e6 * Math.exp(0.12 * random.nextGaussian())
            : 420e6 * Math.exp(0.2 * random.nextGaussian());
    timing
        .setPreauthNanos((long) (wall * own + extra))
        .clearPreauthCpuNanos()
        .clearStartupNanos()
        .clearStartupCpuNanos();
  }

  private long sequence(int host) {
    return sequences.merge(host, 1L, Long::sum) - 1;
  }

  /// Upgrades liblzma on a host and restarts its sshd, which is slower from then on.
  void upgrade(int host, double extraNanos) {
    slowed.put(host, extraNanos);
    look(host, looked().setObjects(Given.objects(Given.liblzma("5.6.1", 5))));
  }

  /// Reverts the change of a host.
  void downgrade(int host) {
    slowed.remove(host);
    look(host, looked());
  }

  /// Makes a host slower without a change that an inspection finds.
  void slow(int host, double extraNanos) {
    slowed.put(host, extraNanos);
  }

  /// All collectors inspect their hosts and find no change.
  void look() {
    logins.stream()
        .map(Login::host)
        .sorted()
        .forEach(
            host ->
                replay.accept(
                    name(host),
                    new Telemetry.Heartbeat(
                        Given.heartbeat(sequence(host), now)
                            .setHost(name(host))
                            .setCollector(name(host))
                            .setInventoryAt(now)
                            .build())));
  }

  private HostFingerprint.Builder looked() {
    return Given.fingerprint(0, now.plusMillis(3))
        .setPreviousInspectionAt(now.minusSeconds(2))
        .setListenerStartedAt(now.plusMillis(1));
  }

  private void look(int host, HostFingerprint.Builder fingerprint) {
    replay.accept(
        name(host),
        new Telemetry.Inventory(
            fingerprint
                .setHost(name(host))
                .setCollector(name(host))
                .setCohort(COHORT)
                .setSequence(sequence(host))
                .build()));
  }

  void decide(Alert alert, Decision decision) {
    var key = alert.getHost().isEmpty() ? alert.getCohort() : alert.getHost();
    replay.accept(key, new Input.Control(Given.decided(alert, decision, now)));
  }

  /// The records of alerts since the last call.
  List<Alert> read() {
    var read = List.copyOf(records);
    records.clear();
    return read;
  }

  static List<Alert> inState(List<Alert> records, AlertScope scope, AlertState state) {
    return records.stream()
        .filter(alert -> alert.getScope() == scope && alert.getState() == state)
        .toList();
  }

  /// The newest record of each alert.
  static List<Alert> newest(List<Alert> records, AlertScope scope) {
    var newest = new LinkedHashMap<String, Alert>();
    records.stream()
        .filter(alert -> alert.getScope() == scope)
        .forEach(alert -> newest.put(alert.getAlertId(), alert));
    return List.copyOf(newest.values());
  }
}
