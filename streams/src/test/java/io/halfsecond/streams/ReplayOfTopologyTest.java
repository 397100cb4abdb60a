package io.halfsecond.streams;

import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.objects;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.AvroSerde;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.alert.OpenAlerts;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import io.halfsecond.streams.telemetry.Input;
import io.halfsecond.streams.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same telemetry gives the same alerts through the topology and through the replay.
class ReplayOfTopologyTest {
  private static final String COHORT = "bookworm";
  private static final String SLOWED = "web-3";
  private static final int HOSTS = 6;
  private static final Duration BETWEEN_LOGINS = Duration.ofMinutes(15);
  private static final Duration LENGTH = Duration.ofDays(3);

  /// A host that appears when the first profile is valid, and is judged with the prior of the
  /// cohort.
  private static final String NEWCOMER = "web-5";

  private static final Duration NEWCOMER_AFTER = Duration.ofHours(32);
  private static final Duration SLOW_AFTER = Duration.ofHours(36);
  private static final Duration ALL_SLOW_AFTER = Duration.ofHours(58);
  private static final Duration SLOW_FOR = Duration.ofHours(6);
  private static final Duration PATIENCE = Duration.ofHours(4);

  private static final AvroSerde<Alert> ALERT = AvroSerde.of(Alert.class);

  @TempDir private Path stateDirectory;

  @Test
  void should_publish_the_same_bytes_in_the_same_order_as_the_topology() {
    // given
    var sent = new ArrayList<Input>();
    var published = new ArrayList<TestRecord<String, byte[]>>();
    try (var harness = new Harness(stateDirectory)) {
      var person = new Person(harness);
      for (Telemetry record : telemetry()) {
        harness.send(record);
        sent.add(record);
        var records = harness.alertRecords();
        published.addAll(records);
        person
            .read(records.stream().map(alert -> ALERT.decode(alert.value())).toList())
            .forEach(control -> sent.add(new Input.Control(control)));
        published.addAll(harness.alertRecords());
      }
      harness.pass(Duration.ofMinutes(3));
      published.addAll(harness.alertRecords());
    }

    // when
    var replayed = new ArrayList<Alert>();
    var replay = new Replay(DetectorSettings.defaults(), START, replayed::add);
    sent.forEach(input -> replay.accept(input.key(), input));
    var summary = replay.finish();

    // then
    assertThat(replayed)
        .extracting(Alert::getAlertId)
        .containsExactlyElementsOf(published.stream().map(TestRecord::key).toList());
    assertThat(replayed.stream().map(ALERT::encode).map(HexFormat.of()::formatHex))
        .containsExactlyElementsOf(
            published.stream().map(TestRecord::value).map(HexFormat.of()::formatHex).toList());

    // and the run covers every kind of event
    assertThat(replayed)
        .extracting(Alert::getScope)
        .contains(AlertScope.HOST, AlertScope.COHORT, AlertScope.INCIDENT);
    assertThat(replayed)
        .filteredOn(alert -> alert.getScope() == AlertScope.INCIDENT)
        .extracting(OpenAlerts::decision)
        .contains(Decision.DISMISS);
    assertThat(replayed)
        .extracting(Alert::getAttribution)
        .contains(Attribution.CHANGED, Attribution.UNCHANGED);
    assertThat(replayed)
        .extracting(Alert::getState)
        .contains(
            AlertState.OPENED,
            AlertState.CONFIRMED,
            AlertState.UPDATED,
            AlertState.ACKNOWLEDGED,
            AlertState.RESOLVED);
    assertThat(replayed)
        .extracting(OpenAlerts::decision)
        .contains(Decision.ACCEPT, Decision.ROLL_BACK, Decision.DISMISS);
    assertThat(replayed).extracting(Alert::getHost).contains(SLOWED, NEWCOMER, "");
    assertThat(replayed).extracting(FindingView::signal).contains("probe-banner", "selftest");
    assertThat(replayed)
        .filteredOn(alert -> FindingView.signal(alert).equals("selftest"))
        .extracting(Alert::getState)
        .contains(AlertState.CONFIRMED, AlertState.ACKNOWLEDGED, AlertState.RESOLVED);
    assertThat(replayed).extracting(Alert::getCohort).containsOnly(COHORT);
    assertThat(summary.records()).isEqualTo(sent.size());
    assertThat(summary.skipped().values()).allMatch(count -> count > 0).hasSize(5);
    assertThat(summary.decisions()).isGreaterThanOrEqualTo(3);
    assertThat(summary.hosts()).isEqualTo(HOSTS);
  }

  /// Accepts the slower startup of one host, rolls that back some hours later, twice, and dismisses
  /// the alerts of the cohort.
  private static final class Person {
    private final Harness harness;
    private Optional<Alert> accepted = Optional.empty();
    private Instant patience = Instant.MAX;

    private Person(Harness harness) {
      this.harness = harness;
    }

    private List<AlertControl> read(List<Alert> news) {
      var decisions = new ArrayList<AlertControl>();
      for (Alert alert : news) {
        if (alert.getHost().isEmpty() && alert.getState() == AlertState.OPENED) {
          decisions.add(harness.decide(alert, Decision.DISMISS, "a load test"));
        } else if (FindingView.stratum(alert).equals("sshd_-V/term-set")
            && alert.getState() == AlertState.CONFIRMED) {
          decisions.add(harness.decide(alert, Decision.ACCEPT, "a wrapper of ours"));
        } else if (accepted.isEmpty()
            && alert.getHost().equals(SLOWED)
            && FindingView.signal(alert).equals("startup")
            && alert.getState() == AlertState.CONFIRMED) {
          decisions.add(harness.decide(alert, Decision.ACCEPT, "another kernel"));
          accepted = Optional.of(alert);
          patience = harness.now().plus(PATIENCE);
        }
      }
      if (!harness.now().isBefore(patience)) {
        patience = Instant.MAX;
        for (int time = 0; time < 2; time++) {
          decisions.add(
              harness.decide(accepted.orElseThrow(), Decision.ROLL_BACK, "it was not the kernel"));
        }
      }
      return decisions;
    }
  }

  /// A login every quarter of an hour on each host, some with a session. A few are incomplete,
  /// repeated or invalid.
  private static List<Telemetry> telemetry() {
    var random = new SplittableRandom(8);
    var telemetry = new ArrayList<Telemetry>();
    var sequences = new long[HOSTS];
    for (int n = 0; n < HOSTS; n++) {
      telemetry.add(looked("web-" + n, START, sequences[n]++));
    }
    for (var since = Duration.ZERO;
        since.compareTo(LENGTH) < 0;
        since = since.plus(BETWEEN_LOGINS)) {
      for (int n = 0; n < HOSTS; n++) {
        var host = "web-" + n;
        var at = START.plus(since).plusSeconds(7L * n);
        if (!host.equals(NEWCOMER) || since.compareTo(NEWCOMER_AFTER) >= 0) {
          var records = connection(host, at, sequences[n], random);
          sequences[n] = records.getLast().sequence() + 1;
          telemetry.addAll(records);
        }
      }
      for (int n = 0; n < HOSTS; n++) {
        var records =
            probeAndSelfTest("web-" + n, START.plus(since).plusSeconds(60 + 5L * n), sequences[n]);
        sequences[n] = records.getLast().sequence() + 1;
        telemetry.addAll(records);
      }
      // These close the blocks of hosts before the hosts count as silent: the order in which two
      // tasks act by the wall clock is not defined.
      var at = START.plus(since).plusSeconds(140);
      for (int n = 0; n < HOSTS; n++) {
        telemetry.add(
            new Telemetry.Heartbeat(
                heartbeat(sequences[n]++, at)
                    .setHost("web-" + n)
                    .setCollector("web-" + n)
                    .setInventoryAt(at.minusSeconds(5))
                    .build()));
      }
      if (since.equals(SLOW_AFTER)) {
        telemetry.add(looked(SLOWED, at, sequences[Integer.parseInt(SLOWED.substring(4))]++));
      }
    }
    return telemetry;
  }

  /// The objects of SLOWED change when it becomes slower.
  private static Telemetry looked(String host, Instant at, long sequence) {
    return new Telemetry.Inventory(
        fingerprint(sequence, at)
            .setHost(host)
            .setCollector(host)
            .setCohort(COHORT)
            .setPreviousInspectionAt(at.minusSeconds(300))
            .setObjects(objects(liblzma("5.4.5", at.equals(START) ? 2 : 5)))
            .build());
  }

  private static List<Telemetry> connection(
      String host, Instant at, long sequence, SplittableRandom random) {
    var id = "%08x%024x".formatted(host.hashCode(), sequence);
    var login =
        auth(sequence, at)
            .setId(id)
            .setHost(host)
            .setCollector(host)
            .setCohort(COHORT)
            .setStartupNanos(noisy(8, random))
            .setStartupCpuNanos(noisy(7, random))
            .setPreauthNanos(noisy(290, random))
            .setPreauthCpuNanos(noisy(20, random))
            .setSourcePseudonym("client-" + random.nextInt(5))
            .setComplete(random.nextInt(500) > 0);
    slow(login, Duration.between(START, at));
    var timing = new Telemetry.Authentication(login.build());
    var logout =
        new Telemetry.Session(
            session(sequence + 1, at.plusSeconds(2))
                .setId(id)
                .setHost(host)
                .setCollector(host)
                .setCohort(COHORT)
                .build());
    return switch (random.nextInt(100)) {
      case 0 -> List.of(timing, timing, logout);
      case 1 ->
          List.of(
              timing,
              new Telemetry.Authentication(
                  AuthTiming.newBuilder(timing.timing()).setId("no id").build()),
              logout);
      case 2, 3, 4, 5, 6, 7, 8, 9 -> List.of(timing, logout);
      default -> List.of(timing);
    };
  }

  /// A probe round every quarter of an hour, and a self-test every hour that is sent twice. The
  /// payload is inactive with TERM set and without LANG.
  private static List<Telemetry> probeAndSelfTest(String host, Instant at, long sequence) {
    var since = Duration.between(START, at);
    boolean slow = isSlow(host, since);
    var random = new SplittableRandom(sequence + host.hashCode());
    var id = "%08x%024x".formatted(host.hashCode(), sequence);
    var tagged =
        new Telemetry.Authentication(
            auth(sequence, at)
                .setId(id)
                .setHost(host)
                .setCollector(host)
                .setCohort(COHORT)
                .setProbe(id)
                .build());
    var round =
        new Telemetry.Probe(
            probe(sequence + 1, at.plusSeconds(1))
                .setId(id)
                .setHost(host)
                .setCollector(host)
                .setCohort(COHORT)
                .setBannerNanos(noisy(8, random) + (slow ? 500 * MILLI : 0))
                .setKexNanos(noisy(10, random))
                .setAuthNanos(noisy(30, random))
                .build());
    if (since.toMinutesPart() >= 15) {
      return List.of(tagged, round);
    }
    double p = slow ? 1e-12 : 0.1 + 0.9 * random.nextDouble();
    var tested =
        new Telemetry.SelfTest(
            selfTest(
                    sequence + 2,
                    at.plusSeconds(2),
                    comparison(SelfTestEnvironment.TERMINAL, p),
                    comparison(SelfTestEnvironment.NO_LANGUAGE, p))
                .setId(id)
                .setHost(host)
                .setCollector(host)
                .setCohort(COHORT)
                .build());
    return List.of(tagged, round, tested, tested);
  }

  private static void slow(AuthTiming.Builder login, Duration since) {
    if (isSlow(login.getHost(), since)) {
      login
          .setStartupNanos(login.getStartupNanos() + 500 * MILLI)
          .setStartupCpuNanos(login.getStartupCpuNanos() + 480 * MILLI);
    }
  }

  private static boolean isSlow(String host, Duration since) {
    boolean one = host.equals(SLOWED) && isSlow(since.minus(SLOW_AFTER));
    return one || isSlow(since.minus(ALL_SLOW_AFTER));
  }

  private static boolean isSlow(Duration since) {
    return !since.isNegative() && since.compareTo(SLOW_FOR) < 0;
  }

  private static long noisy(long millis, SplittableRandom random) {
    return (long) (millis * MILLI * Math.exp(0.05 * random.nextGaussian()));
  }
}
