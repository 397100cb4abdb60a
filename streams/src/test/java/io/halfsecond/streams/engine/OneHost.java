package io.halfsecond.streams.engine;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.streams.Given;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.attribution.HostHistories;
import io.halfsecond.streams.attribution.Paths;
import io.halfsecond.streams.cohort.PublishedProfiles;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.gate.Trials;
import io.halfsecond.streams.store.MapStore;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// A host and its engine. A login every minute takes 8 ms to start, and a round of the probe 8 ms
/// to the banner; a test makes them slower, and changes, inspects and decides in between.
final class OneHost {
  static final String STARTUP = "startup/all";

  /// The share of waiting for a CPU, without load.
  private static final double CALM = 0.05;

  private final MapStore hosts;
  private final MapStore keys;
  private final MapStore trials;
  private final MapStore selfTests;
  private final NavigableMap<String, Alert> alerts;
  private final MapStore histories;
  private final HostEngine engine;
  private final OpenAlerts open;
  private final List<Alert> records = new ArrayList<>();
  private HostFingerprint sshd;
  private Instant now;
  private long sequence;
  private double extraMillis;
  private double extraProbeMillis;
  private double waiting = CALM;

  OneHost() {
    this(
        new MapStore(),
        new MapStore(),
        new MapStore(),
        new MapStore(),
        new TreeMap<>(),
        new MapStore(),
        Given.START,
        0,
        Given.fingerprint(0, Given.START)
            .setObjects(Given.objects(Given.liblzma("5.4.5", 2), libcrypto(6)))
            .build());
    inspect(UnaryOperator.identity());
  }

  private OneHost(
      MapStore hosts,
      MapStore keys,
      MapStore trials,
      MapStore selfTests,
      NavigableMap<String, Alert> alerts,
      MapStore histories,
      Instant now,
      long sequence,
      HostFingerprint sshd) {
    this.hosts = hosts;
    this.keys = keys;
    this.trials = trials;
    this.selfTests = selfTests;
    this.alerts = alerts;
    this.histories = histories;
    this.now = now;
    this.sequence = sequence;
    this.sshd = sshd;
    this.open = new OpenAlerts(OpenAlerts.storeIn(alerts), new HostHistories(histories));
    this.engine =
        new HostEngine(
            DetectorSettings.defaults(),
            new HostEngine.HostStores(
                new HostStates(hosts, 1),
                (_, _) -> false,
                new KeyStates(keys, 1),
                new Trials(trials, 1),
                selfTests,
                new MapStore(),
                open),
            new PublishedProfiles(),
            1);
    take(engine.resume(Given.HOST, 0));
  }

  /// The same host in an engine of its own, which goes on from what is stored.
  OneHost copy() {
    engine.write();
    var copy =
        new OneHost(
            copy(hosts),
            copy(keys),
            copy(trials),
            copy(selfTests),
            new TreeMap<>(alerts),
            copy(histories),
            now,
            sequence,
            sshd);
    copy.extraMillis = extraMillis;
    copy.extraProbeMillis = extraProbeMillis;
    copy.waiting = waiting;
    copy.records.addAll(records);
    return copy;
  }

  /// As [#copy], but every stored value was damaged meanwhile.
  OneHost copyOfDamaged(UnaryOperator<byte[]> damage) {
    engine.write();
    return new OneHost(
        damaged(hosts, damage),
        damaged(keys, damage),
        damaged(trials, damage),
        damaged(selfTests, damage),
        new TreeMap<>(alerts),
        damaged(histories, damage),
        now,
        sequence,
        sshd);
  }

  private static MapStore copy(MapStore store) {
    return damaged(store, UnaryOperator.identity());
  }

  private static MapStore damaged(MapStore store, UnaryOperator<byte[]> damage) {
    var copy = new MapStore();
    store.scan("", (key, bytes) -> copy.put(key, damage.apply(bytes)));
    return copy;
  }

  /// Logins and rounds of the probe, one a minute of each.
  OneHost live(int minutes) {
    for (int i = 0; i < minutes; i++) {
      logins(1);
      probe();
    }
    return this;
  }

  /// Logins, one a minute.
  OneHost logins(int count) {
    for (int i = 0; i < count; i++) {
      now = now.plus(Duration.ofMinutes(1));
      var random = new SplittableRandom(sequence);
      double running = 7 * Math.exp(0.05 * random.nextGaussian()) + extraMillis;
      double waited = running * waiting / (1 - waiting);
      take(
          new Telemetry.Authentication(
              Given.auth(sequence, now)
                  .setCohort("debian-12")
                  .setSourcePseudonym("client-" + sequence % 3)
                  .setStartupCpuNanos((long) (running * Given.MILLI))
                  .setStartupRunQueueNanos((long) (waited * Given.MILLI))
                  .setStartupNanos((long) ((running + waited + 1) * Given.MILLI))
                  .clearPreauthNanos()
                  .clearPreauthCpuNanos()
                  .build()));
    }
    return this;
  }

  private void probe() {
    var random = new SplittableRandom(sequence);
    double millis = 8 * Math.exp(0.02 * random.nextGaussian()) + extraProbeMillis;
    take(
        new Telemetry.Probe(
            Given.probe(sequence, now)
                .setCohort("debian-12")
                .setBannerNanos((long) (millis * Given.MILLI))
                .build()));
  }

  /// Startup takes so much longer from now on, nearly all of it CPU.
  OneHost slower(double millis) {
    extraMillis += millis;
    return this;
  }

  OneHost probeSlower(double millis) {
    extraProbeMillis += millis;
    return this;
  }

  /// Connections wait for a CPU from now on, or no longer.
  OneHost load(boolean busy) {
    waiting = busy ? 0.2 : CALM;
    return this;
  }

  /// Something of sshd changes, and is inspected a moment later.
  OneHost inspect(UnaryOperator<HostFingerprint.Builder> change) {
    var before = now;
    now = now.plusSeconds(1);
    sshd =
        change
            .apply(HostFingerprint.newBuilder(sshd))
            .setCohort("debian-12")
            .setAt(now)
            .setPreviousInspectionAt(before)
            .setSequence(sequence)
            .build();
    take(new Telemetry.Inventory(sshd));
    return this;
  }

  static MappedObject.Builder libcrypto(int content) {
    return Given.object("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", content);
  }

  /// A file of sshd has other content, in the memory of the process that serves connections too.
  OneHost replace(MappedObject.Builder object) {
    var replaced = object.build();
    return inspect(
        sshd ->
            sshd.setObjects(
                sshd.getObjects().stream()
                    .map(known -> stem(known).equals(stem(replaced)) ? replaced : known)
                    .toList()));
  }

  private static String stem(MappedObject object) {
    return Paths.name(object.getPath()).replaceAll("\\.so.*", "");
  }

  Instant now() {
    return now;
  }

  OneHost restart() {
    return inspect(sshd -> sshd.setListenerStartedAt(now));
  }

  private void take(Telemetry telemetry) {
    sequence++;
    take(engine.take(telemetry, now.toEpochMilli()));
  }

  private void take(List<Output> outputs) {
    records.addAll(TestEngine.records(outputs));
  }

  /// Decides about an alert.
  ///
  /// @return whether it was applied
  boolean decide(Alert alert, Decision decision) {
    now = now.plusSeconds(1);
    var outputs =
        engine.take(new Input.Control(Given.decided(alert, decision, now)), now.toEpochMilli());
    take(outputs);
    return outputs.stream()
        .anyMatch(output -> output instanceof Output.Decided(_, boolean applied) && applied);
  }

  /// The newest record of the open alert on a subject.
  Optional<Alert> open(String subject) {
    return open.open().stream().filter(alert -> alert.getSubject().equals(subject)).findFirst();
  }

  List<Alert> open() {
    return open.open();
  }

  /// All records of alerts so far.
  List<Alert> records() {
    return List.copyOf(records);
  }
}
