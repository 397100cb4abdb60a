package io.halfsecond.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.emit.ExpectedNetworks;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.emit.RecordMapper;
import io.halfsecond.collector.probe.ProbePhase;
import io.halfsecond.collector.probe.SshProbe;
import io.halfsecond.collector.selftest.SelfTest;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.selftest.TestEnvironment;
import io.halfsecond.collector.selftest.Trial;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.SelfTestFinding;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import io.halfsecond.streams.telemetry.Telemetry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Freund's test against a real sshd, as it is and with a slow library.
class ProbeIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration DELAY = Duration.ofMillis(500);
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final Instant START = Instant.parse("2024-03-29T00:00:00Z");
  private static final String HOST = "web-17";
  private static final int LEARNT = 100;
  private static final Logger LOG = LoggerFactory.getLogger(ProbeIT.class);

  @SuppressWarnings("NullAway.Init") // set before each test
  private Bench bench;

  @SuppressWarnings("NullAway.Init")
  private Workspace workspace;

  @SuppressWarnings("NullAway.Init")
  private PrivateSshd sshd;

  @BeforeEach
  void prepare() throws Exception {
    bench = Bench.prepare(LIMIT);
    workspace = bench.workspace();
    sshd = bench.sshd();
  }

  @AfterEach
  void stop() throws Exception {
    bench.close();
  }

  @Test
  void should_see_half_a_second_in_the_banner_and_nowhere_else_when_a_library_is_slow()
      throws Exception {
    var client = new SshProbe(LIMIT);
    sshd.start(Map.of());
    var before = fastest(client);

    sshd.start(SlowLiblzma.build(workspace.make("lib"), sshd.executable(), DELAY).environment());
    var after = fastest(client);

    assertThat(before).containsOnlyKeys(ProbePhase.values());
    assertThat(later(before, after, ProbePhase.BANNER)).isBetween(400.0, 1_000.0);
    assertThat(later(before, after, ProbePhase.KEX)).isLessThan(300);
    assertThat(later(before, after, ProbePhase.AUTH)).isLessThan(300);
  }

  /// At the default settings: one false alarm per host and year, of all its signals together. On a
  /// quiet machine it takes some fifteen rounds; how many on a busy one is not for a test to say.
  @Test
  void should_find_five_milliseconds_in_the_loader() throws Exception {
    // given
    var alerts = new ArrayList<Alert>();
    var replay = new Replay(DetectorSettings.defaults(), START, alerts::add);
    sshd.start(Map.of());
    var probe = bench.later(new KernelsView(sshd));
    for (int round = 0; round < LEARNT; round++) {
      replay.accept(
          HOST, new Telemetry.Probe(mapper().probeTiming(probe.round(minute(round)), round)));
    }
    assertThat(alerts).isEmpty();

    // when
    sshd.start(
        SlowLiblzma.build(workspace.make("lib"), sshd.executable(), Duration.ofMillis(5))
            .environment());
    int round = LEARNT;
    while (alerts.isEmpty() && round < 3 * LEARNT) {
      replay.accept(
          HOST, new Telemetry.Probe(mapper().probeTiming(probe.round(minute(round)), round)));
      round++;
    }

    // then
    assertThat(alerts).isNotEmpty();
    LOG.info("found after {} rounds: {}", round - LEARNT, alerts.getFirst().getSummary());
    var shift = (ShiftFinding) alerts.getFirst().getFinding();
    assertThat(shift.getSignal()).isIn(Signal.PROBE_BANNER, Signal.PROBE_GAP);
    assertThat(alerts.getFirst().getTier()).isEqualTo(Tier.STEP);
    assertThat(shift.getShift() / NANOS_PER_MILLI).isBetween(2.0, 30.0);
  }

  private static long minute(int n) {
    return Duration.ofMinutes(n).toNanos();
  }

  private static RecordMapper mapper() {
    return new RecordMapper(
        new Origin(HOST, "", "boot", "run"),
        Pseudonyms.off(),
        ExpectedNetworks.ofPrivate(),
        () -> START.getEpochSecond() * NANOS_PER_SECOND);
  }

  private static double later(
      Map<ProbePhase, Double> before, Map<ProbePhase, Double> after, ProbePhase phase) {
    return after.getOrDefault(phase, Double.NaN) - before.getOrDefault(phase, Double.NaN);
  }

  @Test
  void should_find_a_library_at_once_that_is_slow_only_where_nobody_looks() throws Exception {
    var library = SlowLiblzma.asleepWith("TERM", workspace.make("lib"), sshd.executable(), DELAY);

    var results =
        new SelfTest(library.environment(), Duration.ZERO, 1).run(version(), (_, _) -> {});

    assertThat(results)
        .filteredOn(SelfTestResult::differs)
        .extracting(SelfTestResult::environment)
        .containsExactly(TestEnvironment.TERMINAL);
    assertThat(results)
        .filteredOn(SelfTestResult::differs)
        .flatExtracting(SelfTestResult::comparisons)
        .allSatisfy(
            comparison ->
                assertThat(comparison.usual() - comparison.other())
                    .isGreaterThan(450 * NANOS_PER_MILLI));

    // The first that the topology hears of this host.
    var alerts = new ArrayList<Alert>();
    new Replay(DetectorSettings.defaults(), START, alerts::add)
        .accept(HOST, new Telemetry.SelfTest(mapper().selfTest(results, 0, 0)));
    assertThat(alerts)
        .extracting(Alert::getState)
        .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
    assertThat(alerts.getLast().getFinding()).isInstanceOf(SelfTestFinding.class);
    assertThat(alerts.getLast().getSummary()).contains("-V", "TERM");
  }

  @Test
  void should_find_nothing_in_the_sshd_of_this_host() throws Exception {
    var results = new SelfTest(Map.of(), Duration.ZERO, 1).run(version(), (_, _) -> {});

    assertThat(results)
        .hasSize(TestEnvironment.values().length - 1)
        .noneMatch(SelfTestResult::differs);
  }

  private Trial version() {
    return new Trial(sshd.executable(), List.of("-V"));
  }

  /// Fastest of five, each phase by itself, in milliseconds.
  private Map<ProbePhase, Double> fastest(SshProbe client) {
    var target = new InetSocketAddress(InetAddress.getLoopbackAddress(), sshd.port());
    var fastest = new EnumMap<ProbePhase, Double>(ProbePhase.class);
    for (int i = 0; i < 5; i++) {
      var probe = client.probe(target);
      assertThat(probe.outcome()).isEqualTo(ProbeOutcome.REFUSED);
      assertThat(probe.server())
          .hasValueSatisfying(server -> assertThat(server).startsWith("SSH-2.0-OpenSSH_"));
      probe
          .phases()
          .forEach((phase, nanos) -> fastest.merge(phase, nanos / NANOS_PER_MILLI, Math::min));
    }
    return fastest;
  }
}
