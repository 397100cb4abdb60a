package io.halfsecond.streams;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.MILLI;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.fingerprint;
import static io.halfsecond.streams.Given.hash;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.liblzma;
import static io.halfsecond.streams.Given.objects;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static io.halfsecond.streams.Given.shift;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.streams.alert.FindingView;
import io.halfsecond.streams.processor.ShowWindows;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfsecondTopologyTest {
  /// Enough for the fast bets to be sure within a few minutes.
  private static final int LEARNED = 500;

  private static final int SHIFTED = 40;
  private static final String OPEN_STARTUP =
      "halfsecond_alerts_open{cause=\"unknown\",cohort=\"\",direction=\"up\",host=\"web-17\",phase=\"startup\",signal=\"startup\",stratum=\"all\",tier=\"step\"}";

  @TempDir private Path stateDirectory;

  /// One login a minute with honest noise: every figure differs by a few percent from login to
  /// login.
  private static AuthTiming.Builder login(int n, SplittableRandom random) {
    var at = START.plus(Duration.ofMinutes(n)).plusSeconds(7);
    return auth(n, at)
        .setStartupNanos(noisy(8, random))
        .setStartupCpuNanos(noisy(7, random))
        .setPreauthNanos(noisy(290, random))
        .setPreauthCpuNanos(noisy(20, random));
  }

  private static long noisy(long millis, SplittableRandom random) {
    return (long) (millis * MILLI * Math.exp(0.05 * random.nextGaussian()));
  }

  private static Instant minute(int n) {
    return START.plus(Duration.ofMinutes(n));
  }

  /// Logins from `from` to before `to`.
  private static void send(
      Harness harness, int from, int to, UnaryOperator<AuthTiming.Builder> change) {
    for (int n = from; n < to; n++) {
      harness.send(change.apply(login(n, new SplittableRandom(n))));
    }
  }

  private static AuthTiming.Builder unchanged(AuthTiming.Builder login) {
    return login;
  }

  /// What the backdoored liblzma did: half a second, almost all of it on the CPU.
  private static AuthTiming.Builder backdoored(AuthTiming.Builder login) {
    return login
        .setStartupNanos(login.getStartupNanos() + 500 * MILLI)
        .setStartupCpuNanos(login.getStartupCpuNanos() + 480 * MILLI);
  }

  private static List<Alert> inState(List<Alert> alerts, AlertState state) {
    return alerts.stream().filter(alert -> alert.getState() == state).toList();
  }

  @Nested
  class Alerting {

    @Test
    void should_open_one_alert_per_affected_signal_when_startup_gets_slower() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
        assertThat(harness.alerts()).isEmpty();

        // when
        send(harness, LEARNED, LEARNED + SHIFTED, HalfsecondTopologyTest::backdoored);

        // then
        var opened = inState(harness.alerts(), AlertState.OPENED);
        assertThat(opened)
            .extracting(FindingView::signal)
            .containsExactlyInAnyOrder("startup", "cpu-startup");
        assertThat(opened)
            .allSatisfy(
                alert -> {
                  assertThat(alert.getHost()).isEqualTo(HOST);
                  assertThat(shift(alert).getPhase()).isEqualTo(Phase.STARTUP);
                  assertThat(shift(alert).getDirection()).isEqualTo(Direction.UP);
                  assertThat(FindingView.stratum(alert)).isEqualTo("all");
                  assertThat(alert.getRevision()).isZero();
                  assertThat(alert.getAlertId()).matches("[0-9a-f]{32}");
                  assertThat(shift(alert).getShift())
                      .isCloseTo(490.0 * MILLI, within(15.0 * MILLI));
                  assertThat(alert.getOnset())
                      .isEqualTo(login(LEARNED, new SplittableRandom(LEARNED)).getDecidedAt());
                  assertThat(alert.getTelemetryComplete()).isTrue();
                  assertThat(shift(alert).getEvidenceDays().orElseThrow())
                      .isGreaterThanOrEqualTo(shift(alert).getLimitDays().orElseThrow());
                  assertThat(alert.getSummary())
                      .startsWith("web-17: sshd ")
                      .contains("Telemetry complete.");
                });
        assertThat(harness.scraped(OPEN_STARTUP)).isEqualTo(1);
        assertThat(harness.scraped(OPEN_STARTUP.replace("alerts_open", "alert_shift_seconds")))
            .isCloseTo(0.5, within(0.02));
        assertThat(harness.scraped("halfsecond_alert_records_total{state=\"opened\"}"))
            .isEqualTo(2);
      }
    }

    @Test
    void should_tell_the_phase_when_authentication_gets_slower() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);

        // when
        send(
            harness,
            LEARNED,
            LEARNED + SHIFTED,
            login ->
                login.setPreauthNanos(login.getOptionalPreauthNanos().orElseThrow() + 500 * MILLI));

        // then
        assertThat(inState(harness.alerts(), AlertState.OPENED))
            .singleElement()
            .satisfies(
                alert -> {
                  assertThat(FindingView.signal(alert)).isEqualTo("preauth");
                  assertThat(shift(alert).getPhase()).isEqualTo(Phase.PREAUTH);
                  assertThat(FindingView.stratum(alert)).isEqualTo("publickey/accepted");
                });
      }
    }

    @Test
    void should_stay_quiet_when_nothing_changes() {
      try (var harness = new Harness(stateDirectory)) {
        send(harness, 0, LEARNED + SHIFTED, HalfsecondTopologyTest::unchanged);

        assertThat(harness.alerts()).isEmpty();
        assertThat(harness.deadLetters()).isEmpty();
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(LEARNED + SHIFTED);
      }
    }

    @Test
    void should_stay_quiet_when_a_busy_host_makes_sshd_wait_for_a_cpu() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);

        // when
        send(
            harness,
            LEARNED,
            LEARNED + SHIFTED,
            login ->
                login
                    .setStartupNanos(login.getStartupNanos() + 500 * MILLI)
                    .setStartupRunQueueNanos(500 * MILLI));

        // then
        assertThat(harness.alerts()).isEmpty();
      }
    }

    @Test
    void should_resolve_the_alert_when_sshd_is_as_fast_as_before() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
        send(harness, LEARNED, LEARNED + SHIFTED, HalfsecondTopologyTest::backdoored);
        var opened = inState(harness.alerts(), AlertState.OPENED);

        // when
        send(
            harness, LEARNED + SHIFTED, LEARNED + SHIFTED + 300, HalfsecondTopologyTest::unchanged);

        // then
        var resolved = inState(harness.alerts(), AlertState.RESOLVED);
        assertThat(resolved)
            .extracting(Alert::getAlertId)
            .containsExactlyInAnyOrderElementsOf(opened.stream().map(Alert::getAlertId).toList());
        assertThat(harness.scraped(OPEN_STARTUP)).isNaN();
        assertThat(harness.registry.scrape()).doesNotContain("halfsecond_alerts_open{");
      }
    }

    @Test
    void should_number_the_steps_of_an_alert_without_gaps() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);

        // when
        send(harness, LEARNED, LEARNED + 200, HalfsecondTopologyTest::backdoored);

        // then
        var startup =
            harness.alerts().stream()
                .filter(alert -> FindingView.signal(alert).equals("startup"))
                .toList();
        assertThat(startup).hasSizeGreaterThan(2);
        assertThat(startup)
            .extracting(Alert::getAlertId)
            .containsOnly(startup.getFirst().getAlertId());
        for (int i = 0; i < startup.size(); i++) {
          assertThat(startup.get(i).getRevision()).isEqualTo(i);
          assertThat(startup.get(i).getState())
              .isEqualTo(
                  switch (i) {
                    case 0 -> AlertState.OPENED;
                    case 1 -> AlertState.CONFIRMED;
                    default -> AlertState.UPDATED;
                  });
        }
      }
    }

    @Test
    void should_give_bit_identical_alerts_when_telemetry_is_replayed(@TempDir Path another) {
      // given
      var live = new ArrayList<TestRecord<String, byte[]>>();
      var replayed = new ArrayList<TestRecord<String, byte[]>>();

      // when
      try (var harness = new Harness(stateDirectory)) {
        for (int n = 0; n < LEARNED + 120; n++) {
          var login = login(n, new SplittableRandom(n));
          harness.send(n < LEARNED ? login : backdoored(login));
          // Long silences on the wall clock, as when telemetry trickles in.
          if (n % 50 == 0) {
            harness.pass(Duration.ofMinutes(3));
          }
        }
        live.addAll(harness.alertRecords());
      }
      try (var harness = new Harness(another)) {
        harness.pass(Duration.ofDays(7));
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
        send(harness, LEARNED, LEARNED + 120, HalfsecondTopologyTest::backdoored);
        replayed.addAll(harness.alertRecords());
      }

      // then
      assertThat(live).isNotEmpty().hasSameSizeAs(replayed);
      for (int i = 0; i < live.size(); i++) {
        assertThat(replayed.get(i).key()).isEqualTo(live.get(i).key());
        assertThat(replayed.get(i).value()).isEqualTo(live.get(i).value());
        assertThat(replayed.get(i).timestamp()).isEqualTo(live.get(i).timestamp());
      }
    }

    @Test
    void should_open_the_alert_by_the_heartbeats_when_no_further_login_comes() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
        int n = LEARNED + 1;
        send(harness, LEARNED, n + 1, HalfsecondTopologyTest::backdoored);
        double before =
            harness.scraped(
                "halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}");

        // when
        harness.send(heartbeat(n + 1, minute(n + 1).plusSeconds(11)));

        // then
        assertThat(
                harness.scraped(
                    "halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}"))
            .isGreaterThan(before);
      }
    }

    @Test
    void should_close_the_last_block_by_the_wall_clock_when_the_whole_host_falls_silent() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
        send(harness, LEARNED, LEARNED + 2, HalfsecondTopologyTest::backdoored);
        var ratio = "halfsecond_detector_evidence_ratio{host=\"web-17\",signal=\"startup\"}";
        double before = harness.scraped(ratio);

        // when
        harness.pass(Duration.ofMinutes(1));
        double afterOneMinute = harness.scraped(ratio);
        harness.pass(Duration.ofMinutes(2));

        // then
        assertThat(afterOneMinute).isEqualTo(before);
        assertThat(harness.scraped(ratio)).isGreaterThan(before);
      }
    }

    @Test
    void should_say_that_telemetry_is_incomplete_when_records_were_lost_since_the_onset() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);

        // when
        send(harness, LEARNED, LEARNED + 1, HalfsecondTopologyTest::backdoored);
        harness.send(login(LEARNED + 1, new SplittableRandom(0)).setComplete(false));
        send(harness, LEARNED + 2, LEARNED + SHIFTED, HalfsecondTopologyTest::backdoored);

        // then
        assertThat(harness.alerts())
            .isNotEmpty()
            .allSatisfy(
                alert -> {
                  assertThat(alert.getTelemetryComplete()).isFalse();
                  assertThat(alert.getSummary()).contains("Telemetry incomplete");
                });
      }
    }
  }

  /// What changed on the host when the signal moved.
  @Nested
  class Attributing {
    private static final int AFTERWARDS = LEARNED + SHIFTED;

    private static void learn(Harness harness) {
      harness.send(fingerprint(0, START));
      send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
    }

    /// Looked at ten seconds before the first login since, and ten seconds before that.
    private static HostFingerprint.Builder looked() {
      return fingerprint(LEARNED - 1, minute(LEARNED).minusSeconds(10))
          .setPreviousInspectionAt(minute(LEARNED).minusSeconds(20));
    }

    private static HostFingerprint.Builder upgraded(HostFingerprint.Builder fingerprint) {
      return fingerprint
          .setListenerStartedAt(minute(LEARNED).minusSeconds(11))
          .setObjects(objects(liblzma("5.6.1", 5)));
    }

    private static Alert startup(List<Alert> alerts) {
      return inState(alerts, AlertState.OPENED).stream()
          .filter(alert -> FindingView.signal(alert).equals("startup"))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void should_name_the_library_both_hashes_its_package_the_restart_and_the_way_to_it() {
      try (var harness = new Harness(stateDirectory)) {
        learn(harness);

        harness.send(upgraded(looked()));
        send(harness, LEARNED, AFTERWARDS, HalfsecondTopologyTest::backdoored);

        var alert = startup(harness.alerts());
        assertThat(alert.getAttribution()).isEqualTo(Attribution.CHANGED);
        assertThat(alert.getChanges())
            .extracting(Change::getKind)
            .containsExactly(ChangeKind.OBJECT, ChangeKind.RESTART);
        assertThat(alert.getTelemetryComplete()).isTrue();
        assertThat(alert.getSummary())
            .contains(
                ". Began 18 s after liblzma.so.5.6.1 (liblzma5 5.4.5-1 → liblzma5 5.6.1-1; SHA-256"
                    + " 020202020202 → 050505050505; sshd → libsystemd.so.0.35.0 →"
                    + " liblzma.so.5.6.1); sshd started 2024-03-29 20:19:49Z. ");
      }
    }

    /// The collector looks every few minutes, and an alert may be sooner.
    @Test
    void should_tell_what_changed_when_that_is_known_after_the_alert_has_opened() {
      try (var harness = new Harness(stateDirectory)) {
        learn(harness);
        send(harness, LEARNED, AFTERWARDS, HalfsecondTopologyTest::backdoored);
        assertThat(startup(harness.alerts()).getAttribution()).isEqualTo(Attribution.UNKNOWN);

        harness.send(
            upgraded(
                fingerprint(AFTERWARDS, minute(AFTERWARDS))
                    .setPreviousInspectionAt(minute(LEARNED).minusSeconds(20))));

        var updated = harness.alerts();
        assertThat(updated)
            .extracting(FindingView::signal)
            .containsExactlyInAnyOrder("startup", "cpu-startup");
        assertThat(updated)
            .allSatisfy(
                alert -> {
                  assertThat(alert.getState()).isEqualTo(AlertState.UPDATED);
                  assertThat(alert.getRevision()).isPositive();
                  assertThat(alert.getChanges().getFirst().getAfter()).isEqualTo(hash(5));
                });
        harness.send(
            heartbeat(AFTERWARDS + 1, minute(AFTERWARDS + 1))
                .setInventoryAt(minute(AFTERWARDS + 1)));
        assertThat(harness.alerts()).as("nothing more is known").isEmpty();
      }
    }

    @Test
    void should_say_that_nothing_has_changed_once_it_was_looked_again() {
      try (var harness = new Harness(stateDirectory)) {
        learn(harness);
        send(harness, LEARNED, AFTERWARDS, HalfsecondTopologyTest::backdoored);
        assertThat(startup(harness.alerts()).getSummary()).contains("What changed is not known.");

        harness.send(heartbeat(AFTERWARDS, minute(AFTERWARDS)).setInventoryAt(minute(AFTERWARDS)));

        assertThat(harness.alerts())
            .hasSize(2)
            .allSatisfy(
                alert -> {
                  assertThat(alert.getAttribution()).isEqualTo(Attribution.UNCHANGED);
                  assertThat(alert.getSummary()).contains("No change found that could be why");
                });
      }
    }

    @Test
    void should_blame_load_and_not_a_library() {
      try (var harness = new Harness(stateDirectory)) {
        learn(harness);
        harness.send(
            fingerprint(LEARNED - 1, minute(LEARNED - 60))
                .setObjects(objects(liblzma("5.6.1", 5))));
        // A fifth of what it could run it waits, and caches that others use make it slower.
        send(
            harness,
            LEARNED,
            AFTERWARDS,
            login ->
                login
                    .setStartupRunQueueNanos(2 * MILLI)
                    .setStartupNanos(login.getStartupNanos() + 30 * MILLI));

        var alert = startup(harness.alerts());
        assertThat(alert.getChanges())
            .filteredOn(Change::getFits)
            .extracting(Change::getKind)
            .containsExactly(ChangeKind.LOAD);
        assertThat(alert.getSummary())
            .contains(
                "Began with more load.",
                "Earlier on, 1 h 0 min before, ",
                "the host is busier, which may be the reason");
      }
    }

    @Test
    void should_blame_the_kernel_and_not_a_library_that_logins_have_lived_with() {
      try (var harness = new Harness(stateDirectory)) {
        harness.send(fingerprint(0, START));
        send(harness, 0, 100, HalfsecondTopologyTest::unchanged);
        harness.send(
            fingerprint(99, minute(100).minusSeconds(10)).setObjects(objects(liblzma("5.6.1", 5))));
        send(harness, 100, LEARNED, HalfsecondTopologyTest::unchanged);

        var booted = minute(LEARNED).minusSeconds(40);
        harness.send(
            looked()
                .setKernelRelease("6.1.0-19-amd64")
                .setBootedAt(booted)
                .setListenerStartedAt(booted.plusSeconds(9))
                .setObjects(objects(liblzma("5.6.1", 5))));
        send(harness, LEARNED, AFTERWARDS, HalfsecondTopologyTest::backdoored);

        var alert = startup(harness.alerts());
        assertThat(alert.getChanges())
            .filteredOn(Change::getFits)
            .extracting(Change::getKind)
            .containsExactly(ChangeKind.KERNEL, ChangeKind.BOOT);
        assertThat(alert.getSummary())
            .contains("after kernel 6.1.0-18-amd64 → 6.1.0-19-amd64; the host started ")
            .contains(
                "Earlier on, 6 h 40 min before, but connections were as before after it:"
                    + " liblzma.so.5.6.1 (");
      }
    }
  }

  @Nested
  class Probing {
    /// Least of five: 8 ms give or take 2 %.
    private static ProbeTiming.Builder round(int n) {
      var random = new SplittableRandom(n);
      return probe(n, minute(n).plusSeconds(7))
          .setBannerNanos((long) (8 * MILLI * Math.exp(0.02 * random.nextGaussian())))
          .setKexNanos(noisy(10, random))
          .setAuthNanos(noisy(30, random))
          .setStartupNanos(noisy(9, random));
    }

    @Test
    void should_find_five_milliseconds_within_26_probes() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        for (int n = 0; n < LEARNED; n++) {
          harness.send(round(n));
        }
        assertThat(harness.alerts()).isEmpty();

        // when
        for (int n = LEARNED; n < LEARNED + 26; n++) {
          var slower = round(n);
          harness.send(slower.setBannerNanos(slower.getBannerNanos() + 5 * MILLI));
        }

        // then: one place is all that a probe ever comes from
        var alerts = harness.alerts();
        assertThat(alerts).extracting(FindingView::signal).containsOnly("probe-banner");
        assertThat(alerts)
            .extracting(Alert::getState)
            .startsWith(AlertState.OPENED, AlertState.CONFIRMED);
        assertThat(alerts.getFirst())
            .satisfies(
                alert -> {
                  assertThat(FindingView.stratum(alert)).isEqualTo("all");
                  assertThat(shift(alert).getPhase()).isEqualTo(Phase.STARTUP);
                  assertThat(shift(alert).getShift()).isCloseTo(5.0 * MILLI, within(0.3 * MILLI));
                  assertThat(alert.getOnset()).isEqualTo(round(LEARNED).getAt());
                  assertThat(alert.getSummary())
                      .startsWith("web-17: sshd banner in the active probe 8.0 ms → 13 ms")
                      .contains(" probes");
                });
        assertThat(
                harness.scraped(
                    "halfsecond_signal_seconds{host=\"web-17\",quantile=\"0.5\",signal=\"probe-banner\",window=\"1m\"}"))
            .isCloseTo(0.013, within(0.001));
      }
    }

    @Test
    void should_never_take_a_timeout_for_a_latency() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        for (int n = 0; n < LEARNED; n++) {
          harness.send(round(n));
        }

        // when
        for (int n = LEARNED; n < LEARNED + SHIFTED; n++) {
          harness.send(
              round(n)
                  .setOutcome(ProbeOutcome.TIMED_OUT)
                  .setBanners(0)
                  .clearBannerNanos()
                  .clearKexNanos()
                  .clearAuthNanos()
                  .clearStartupNanos());
        }

        // then
        assertThat(harness.alerts()).isEmpty();
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"probe-banner\"}"))
            .isEqualTo(LEARNED);
      }
    }
  }

  @Nested
  class SelfTesting {
    private static final String OPEN =
        "halfsecond_alerts_open{cause=\"unknown\",cohort=\"\",direction=\"up\",host=\"web-17\",phase=\"startup\",signal=\"selftest\",stratum=\"sshd_-V/term-set\",tier=\"step\"}";

    /// p = 1e-12 where the payload sleeps with TERM set, which costs 503 ms less.
    private static SelfTestReport.Builder backdoored(int hour) {
      return report(
          hour,
          comparison(SelfTestEnvironment.TERMINAL, 1e-12)
              .setServiceWallNanos(512.0 * MILLI)
              .setServiceCpuNanos(505.0 * MILLI));
    }

    private static SelfTestReport.Builder clean(int hour) {
      return report(hour, comparison(SelfTestEnvironment.TERMINAL, 0.7));
    }

    private static SelfTestReport.Builder report(int hour, SelfTestComparison.Builder withTerm) {
      return selfTest(
          hour,
          START.plus(Duration.ofHours(hour)),
          withTerm,
          comparison(SelfTestEnvironment.NO_LANGUAGE, 0.4),
          comparison(SelfTestEnvironment.LOADER_DEBUG, 0.9),
          comparison(SelfTestEnvironment.OTHER_NAME, 1));
    }

    @Test
    void should_alert_at_first_sight_and_without_history() {
      try (var harness = new Harness(stateDirectory)) {
        // when
        harness.send(backdoored(0).setCohort("debian-12"));

        // then
        var alerts = harness.alerts();
        assertThat(alerts)
            .extracting(Alert::getState)
            .containsExactly(AlertState.OPENED, AlertState.CONFIRMED);
        assertThat(alerts)
            .extracting(Alert::getAlertId)
            .containsOnly(alerts.getFirst().getAlertId());
        assertThat(alerts).extracting(Alert::getRevision).containsExactly(0, 1);
        assertThat(alerts.getLast())
            .satisfies(
                alert -> {
                  assertThat(alert.getConfirmed()).isTrue();
                  assertThat(alert.getCohort()).isEqualTo("debian-12");
                  assertThat(FindingView.signal(alert)).isEqualTo("selftest");
                  assertThat(FindingView.of(alert).phase()).isEqualTo(Phase.STARTUP);
                  assertThat(FindingView.stratum(alert)).isEqualTo("sshd_-V/term-set");
                  assertThat(alert.getOnset()).isEqualTo(START);
                  assertThat(alert.getSummary())
                      .isEqualTo(
                          "web-17: sshd -V takes 512 ms as a service, 9.1 ms with TERM set (24 runs"
                              + " each; self-test), seen 2024-03-29 12:00:00Z. What changed is not"
                              + " known. Evidence 2.5e+11 days against a limit of 24,350. Telemetry"
                              + " complete.");
                });
        assertThat(harness.scraped(OPEN.replace("cohort=\"\"", "cohort=\"debian-12\"")))
            .isEqualTo(1);
      }
    }

    @Test
    void should_not_alert_when_p_is_just_above_the_limit() {
      try (var harness = new Harness(stateDirectory)) {
        // One day, four comparisons, 0.015 of one false alarm a host-year.
        double limit = 1 / (4 * 365.25 / 0.015);

        harness.send(report(0, comparison(SelfTestEnvironment.TERMINAL, limit * 1.001)));
        assertThat(harness.alerts()).isEmpty();

        harness.send(report(24, comparison(SelfTestEnvironment.TERMINAL, limit * 0.999)));
        assertThat(harness.alerts()).hasSize(2);
      }
    }

    @Test
    void should_resolve_when_the_difference_is_gone() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        harness.send(backdoored(0));
        harness.send(backdoored(1));
        var opened = harness.alerts();
        assertThat(opened).hasSize(2);
        assertThat(harness.scraped(OPEN)).isEqualTo(1);

        // when
        harness.send(clean(2));

        // then
        assertThat(harness.alerts())
            .singleElement()
            .satisfies(
                alert -> {
                  assertThat(alert.getAlertId()).isEqualTo(opened.getFirst().getAlertId());
                  assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
                  assertThat(alert.getRevision()).isEqualTo(2);
                  assertThat(alert.getSummary())
                      .isEqualTo(
                          "web-17: sshd -V costs the same as a service and with TERM set again,"
                              + " after 512 ms and 9.1 ms since 2024-03-29 12:00:00Z. Telemetry"
                              + " complete.");
                });
        assertThat(harness.scraped(OPEN)).isNaN();
      }
    }

    @Test
    void should_be_silent_once_accepted_until_the_difference_was_gone() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        harness.send(backdoored(0));
        var opened = harness.alerts().getFirst();

        // when
        harness.decide(opened, Decision.ACCEPT, "our wrapper");

        // then
        assertThat(harness.alerts())
            .singleElement()
            .satisfies(
                alert -> {
                  assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
                  assertThat(alert.getAlertId()).isEqualTo(opened.getAlertId());
                  assertThat(alert.getSummary())
                      .endsWith(" Accepted by alice@bastion: our wrapper");
                });
        assertThat(harness.scraped(OPEN)).isNaN();
        assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
            .isEqualTo(1);
        harness.send(backdoored(1));
        harness.send(clean(2));
        assertThat(harness.alerts()).isEmpty();
        harness.send(backdoored(3));
        assertThat(harness.alerts()).hasSize(2);
        harness.decide(opened, Decision.ROLL_BACK, "too late");
        assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"ignored\"}"))
            .isEqualTo(1);
      }
    }

    @Test
    void should_alert_again_when_an_acceptance_is_rolled_back() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        harness.send(backdoored(0));
        var opened = harness.alerts().getFirst();
        harness.decide(opened, Decision.ACCEPT, "our wrapper");
        harness.alerts();

        // when
        harness.decide(opened, Decision.ROLL_BACK, "it was not our wrapper");
        harness.send(backdoored(1));

        // then
        var alerts = harness.alerts();
        assertThat(alerts)
            .extracting(Alert::getState)
            .containsExactly(AlertState.ACKNOWLEDGED, AlertState.OPENED, AlertState.CONFIRMED);
        assertThat(alerts.getFirst().getAlertId()).isEqualTo(opened.getAlertId());
        assertThat(alerts.getLast().getAlertId()).isNotEqualTo(opened.getAlertId());
      }
    }

    @Test
    void should_show_an_alert_no_more_when_it_is_dismissed_and_say_when_it_is_over() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        harness.send(backdoored(0));
        var opened = harness.alerts().getFirst();

        // when
        harness.decide(opened, Decision.DISMISS, "being rebuilt");
        assertThat(harness.scraped(OPEN)).isNaN();
        harness.send(backdoored(1));
        harness.send(clean(2));

        // then
        assertThat(harness.alerts())
            .extracting(Alert::getState)
            .containsExactly(AlertState.ACKNOWLEDGED, AlertState.RESOLVED);
      }
    }
  }

  @Nested
  class Deciding {
    private static final int MUCH = 120;

    private List<Alert> openAlerts(Harness harness) {
      send(harness, 0, LEARNED, HalfsecondTopologyTest::unchanged);
      send(harness, LEARNED, LEARNED + MUCH, HalfsecondTopologyTest::backdoored);
      return inState(harness.alerts(), AlertState.OPENED);
    }

    private static Alert ofStartup(List<Alert> alerts) {
      return alerts.stream()
          .filter(alert -> FindingView.signal(alert).equals("startup"))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void should_end_the_alert_and_learn_the_change_when_it_is_accepted() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        var opened = openAlerts(harness);

        // when
        opened.forEach(alert -> harness.decide(alert, Decision.ACCEPT, "openssh 9.8"));

        // then
        assertThat(harness.alerts())
            .hasSize(2)
            .allSatisfy(
                alert -> {
                  assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED);
                  assertThat(alert.getAcknowledgement())
                      .hasValueSatisfying(
                          word -> {
                            assertThat(word.getWho()).isEqualTo("alice@bastion");
                            assertThat(word.getAt()).isEqualTo(harness.now());
                            assertThat(word.getWhy()).isEqualTo("openssh 9.8");
                          });
                });
        assertThat(harness.scraped(OPEN_STARTUP)).isNaN();
        assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
            .isEqualTo(2);
        send(harness, LEARNED + MUCH, LEARNED + 3 * MUCH, HalfsecondTopologyTest::backdoored);
        assertThat(harness.alerts()).isEmpty();
      }
    }

    @Test
    void should_alert_again_when_an_acceptance_is_rolled_back() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        var opened = ofStartup(openAlerts(harness));
        harness.decide(opened, Decision.ACCEPT, "openssh 9.8");
        harness.alerts();

        // when
        harness.decide(opened, Decision.ROLL_BACK, "it was not openssh 9.8");
        send(harness, LEARNED + MUCH, LEARNED + MUCH + SHIFTED, HalfsecondTopologyTest::backdoored);

        // then
        var alerts =
            harness.alerts().stream()
                .filter(alert -> FindingView.signal(alert).equals("startup"))
                .toList();
        assertThat(alerts.getFirst().getAlertId()).isEqualTo(opened.getAlertId());
        assertThat(alerts.getFirst().getState()).isEqualTo(AlertState.ACKNOWLEDGED);
        assertThat(alerts.getFirst().getSummary())
            .contains("rolled back", "it was not openssh 9.8");
        var again = inState(alerts, AlertState.OPENED).getFirst();
        assertThat(again.getAlertId()).isNotEqualTo(opened.getAlertId());
        assertThat(shift(again).getBefore().getP50()).isCloseTo(8.0 * MILLI, within(0.5 * MILLI));
      }
    }

    @Test
    void should_withdraw_what_has_opened_against_a_baseline_that_is_rolled_back() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        var first = ofStartup(openAlerts(harness));
        harness.decide(first, Decision.ACCEPT, "openssh 9.8");
        send(
            harness,
            LEARNED + MUCH,
            LEARNED + 2 * MUCH,
            login -> backdoored(backdoored(backdoored(login))));
        var second =
            ofStartup(
                inState(harness.alerts(), AlertState.OPENED).stream()
                    .filter(alert -> !alert.getAlertId().equals(first.getAlertId()))
                    .toList());

        // when
        harness.decide(first, Decision.ROLL_BACK, "a mistake");

        // then
        assertThat(harness.alerts())
            .extracting(Alert::getAlertId, Alert::getState)
            .containsExactly(
                tuple(second.getAlertId(), AlertState.RESOLVED),
                tuple(first.getAlertId(), AlertState.ACKNOWLEDGED));
        assertThat(harness.scraped(OPEN_STARTUP)).isNaN();
      }
    }

    @Test
    void should_show_an_alert_no_more_when_it_is_dismissed_and_say_when_it_is_over() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        var opened = ofStartup(openAlerts(harness));

        // when
        harness.decide(opened, Decision.DISMISS, "a load test");

        // then
        assertThat(harness.scraped(OPEN_STARTUP)).isNaN();
        send(harness, LEARNED + MUCH, LEARNED + 2 * MUCH, HalfsecondTopologyTest::backdoored);
        send(harness, LEARNED + 2 * MUCH, LEARNED + 5 * MUCH, HalfsecondTopologyTest::unchanged);
        var steps =
            harness.alerts().stream()
                .filter(alert -> alert.getAlertId().equals(opened.getAlertId()))
                .toList();
        assertThat(steps).hasSizeGreaterThan(2);
        assertThat(steps.subList(0, steps.size() - 1))
            .extracting(Alert::getState)
            .containsOnly(AlertState.ACKNOWLEDGED);
        assertThat(steps.getLast().getState()).isEqualTo(AlertState.RESOLVED);
        assertThat(steps.getLast().getAcknowledgement()).isPresent();
      }
    }

    @Test
    void should_count_a_decision_that_is_about_nothing() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        var opened = ofStartup(openAlerts(harness));

        // when
        harness.decide(
            Alert.newBuilder(opened).setAlertId("0".repeat(32)).build(), Decision.ACCEPT, "typo");
        harness.decide(
            Alert.newBuilder(opened).setHost("web-18").build(), Decision.ACCEPT, "another host");
        harness.decide(opened, Decision.ROLL_BACK, "was never accepted");

        // then
        assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"ignored\"}"))
            .isEqualTo(3);
        assertThat(harness.scraped(OPEN_STARTUP)).isEqualTo(1);
      }
    }

    @Test
    void should_dead_letter_a_decision_on_the_wrong_partition() {
      try (var harness = new Harness(stateDirectory)) {
        var opened = ofStartup(openAlerts(harness));

        harness.decide("web-18", opened, Decision.ACCEPT, "key is another host's");

        assertThat(harness.deadLetters()).hasSize(1);
        assertThat(harness.scraped(OPEN_STARTUP)).isEqualTo(1);
      }
    }
  }

  @Nested
  class Cohorts {
    private static final int HOSTS = 6;

    /// Every host logs in every four minutes, one after the other.
    private static void live(Harness harness, Duration from, Duration to, long shift) {
      for (var at = START.plus(from);
          at.isBefore(START.plus(to));
          at = at.plus(Duration.ofMinutes(4))) {
        for (int host = 0; host < HOSTS; host++) {
          long n = at.getEpochSecond() + host;
          harness.send(
              auth(n, at.plusSeconds(40L * host))
                  .setHost("web-" + host)
                  .setCohort("debian-12")
                  .setSequence(n)
                  .setStartupNanos(noisy(8 + host, new SplittableRandom(n)) + shift)
                  .clearStartupCpuNanos()
                  .clearPreauthNanos()
                  .clearPreauthCpuNanos());
        }
      }
    }

    @Test
    void should_alert_on_the_cohort_by_the_profile_that_it_published() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        live(harness, Duration.ZERO, Duration.ofHours(26), 0);
        assertThat(harness.alerts()).isEmpty();

        // when
        live(harness, Duration.ofHours(26), Duration.ofHours(28), 100 * MILLI);

        // then
        var profiles = harness.profiles();
        assertThat(profiles)
            .hasSizeGreaterThan(2)
            .allSatisfy(
                profile -> {
                  assertThat(profile.getCohort()).isEqualTo("debian-12");
                  assertThat(profile.getHosts()).isEqualTo(HOSTS);
                });
        var opened = inState(harness.alerts(), AlertState.OPENED);
        assertThat(opened).extracting(Alert::getHost).contains("", "web-0", "web-5");
        assertThat(opened)
            .filteredOn(alert -> alert.getScope() == AlertScope.INCIDENT)
            .singleElement()
            .satisfies(
                alert -> assertThat(alert.getSummary()).startsWith("all hosts of debian-12: "));
        assertThat(opened)
            .filteredOn(alert -> alert.getScope() == AlertScope.COHORT)
            .singleElement()
            .satisfies(
                alert -> {
                  assertThat(alert.getCohort()).isEqualTo("debian-12");
                  assertThat(shift(alert).getBefore().getP50())
                      .isCloseTo(10.0 * MILLI, within(1.0 * MILLI));
                  assertThat(alert.getSummary())
                      .startsWith("all hosts of debian-12: sshd startup of all/wall");
                  harness.decide(alert, Decision.ACCEPT, "new servers");
                });
        assertThat(harness.alerts())
            .filteredOn(alert -> alert.getScope() == AlertScope.COHORT)
            .singleElement()
            .satisfies(alert -> assertThat(alert.getState()).isEqualTo(AlertState.ACKNOWLEDGED));
        assertThat(harness.scraped("halfsecond_alert_decisions_total{result=\"applied\"}"))
            .isEqualTo(1);
      }
    }
  }

  @Nested
  class Skipping {

    @Test
    void should_count_a_record_once_when_it_is_delivered_twice() {
      try (var harness = new Harness(stateDirectory)) {
        // when
        for (int i = 0; i < 3; i++) {
          harness.send(auth(1, START));
          harness.send(session(1, START.plusSeconds(60)));
        }
        harness.send(auth(1, START.plusSeconds(1)));

        // then
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(1);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"cpu-session\"}"))
            .isEqualTo(1);
        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}"))
            .isEqualTo(5);
      }
    }

    @Test
    void should_tell_equal_ids_of_different_hosts_apart() {
      try (var harness = new Harness(stateDirectory)) {
        harness.send(auth(1, START));
        harness.send(auth(1, START).setHost("web-18"));

        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(2);
      }
    }

    @Test
    void should_not_measure_incomplete_records() {
      try (var harness = new Harness(stateDirectory)) {
        harness.send(auth(1, START).setComplete(false));
        harness.send(session(1, START).setComplete(false));

        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"incomplete\"}"))
            .isEqualTo(2);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isZero();
        assertThat(
                harness.scraped(
                    "halfsecond_baseline_connections{host=\"web-17\",signal=\"startup\"}"))
            .isNaN();
      }
    }

    @Test
    void should_not_measure_connections_of_a_probe() {
      try (var harness = new Harness(stateDirectory)) {
        harness.send(auth(1, START).setProbe(Given.id(3)));
        harness.send(session(1, START).setProbe(Given.id(3)).setComplete(false));

        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"probe\"}"))
            .isEqualTo(2);
        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"incomplete\"}"))
            .isZero();
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isZero();
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"cpu-session\"}"))
            .isZero();
      }
    }

    @Test
    void should_count_probes_and_self_tests_once_and_apart_from_connections() {
      try (var harness = new Harness(stateDirectory)) {
        for (int i = 0; i < 2; i++) {
          harness.send(auth(1, START));
          harness.send(probe(1, START));
          harness.send(
              selfTest(
                  1,
                  START,
                  comparison(SelfTestEnvironment.TERMINAL, 0.5),
                  comparison(SelfTestEnvironment.NO_LANGUAGE, 0.5)));
        }

        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(1);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"probe-banner\"}"))
            .isEqualTo(1);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"selftest\"}"))
            .isEqualTo(2);
        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"duplicate\"}"))
            .isEqualTo(3);
      }
    }

    @Test
    void should_leave_out_what_comes_more_than_a_day_late() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        harness.send(auth(1, START.plus(Duration.ofHours(24))));

        // when
        harness.send(auth(2, START));
        harness.send(auth(3, START.minusMillis(1)));

        // then
        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"late\"}"))
            .isEqualTo(1);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(2);
      }
    }
  }

  @Nested
  class DeadLetters {

    @Test
    void should_dead_letter_garbage_with_its_origin_and_go_on() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        byte[] garbage = "not Avro".getBytes(UTF_8);
        harness.send(auth(1, START));

        // when
        harness.sendBytes(garbage);
        harness.send(auth(2, START));

        // then
        assertThat(harness.deadLetters())
            .singleElement()
            .satisfies(
                letter -> {
                  assertThat(letter.value()).isEqualTo(garbage);
                  assertThat(letter.key()).isEqualTo(HOST.getBytes(UTF_8));
                  assertThat(header(letter.headers(), "topic")).isEqualTo("ssh.auth-timing");
                  assertThat(header(letter.headers(), "partition")).isEqualTo("0");
                  assertThat(header(letter.headers(), "offset")).isEqualTo("1");
                  assertThat(header(letter.headers(), "exception"))
                      .contains("SerializationException");
                  assertThat(header(letter.headers(), "message")).contains("AuthTiming");
                });
        assertThat(harness.scraped("halfsecond_dead_letters_total")).isEqualTo(1);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(2);
      }
    }

    @Test
    void should_dead_letter_every_prefix_of_a_record() {
      try (var harness = new Harness(stateDirectory)) {
        byte[] whole =
            Harness.TOPICS
                .authTiming()
                .valueSerde()
                .serializer()
                .serialize("", auth(1, START).build());

        for (int length = 0; length < whole.length; length++) {
          harness.sendBytes(Arrays.copyOf(whole, length));
        }

        assertThat(harness.deadLetters()).hasSize(whole.length);
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}")).isZero();
      }
    }

    @Test
    void should_dead_letter_a_record_whose_key_is_another_host() {
      try (var harness = new Harness(stateDirectory)) {
        harness.send("web-18", auth(1, START).build());
        harness.send(auth(2, START));

        assertThat(harness.deadLetters())
            .singleElement()
            .satisfies(
                letter -> {
                  assertThat(letter.key()).isEqualTo("web-18".getBytes(UTF_8));
                  assertThat(header(letter.headers(), "message")).contains("key is not the host");
                  assertThat(header(letter.headers(), "topic")).isEqualTo("ssh.auth-timing");
                });
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(1);
      }
    }

    @Test
    void should_dead_letter_a_record_from_the_future_without_making_others_late() {
      try (var harness = new Harness(stateDirectory)) {
        // when
        harness.sendFromAnotherTime(auth(1, START.plus(Duration.ofDays(365))).build());
        harness.sendFromAnotherTime(auth(2, START.minus(Duration.ofDays(365))).build());
        harness.send(auth(3, START));

        // then
        assertThat(harness.deadLetters())
            .hasSize(2)
            .allSatisfy(
                letter -> {
                  assertThat(header(letter.headers(), "message")).contains("out of bounds");
                  assertThat(letter.getRecordTime()).isEqualTo(START);
                });
        assertThat(harness.scraped("halfsecond_measurements_total{signal=\"startup\"}"))
            .isEqualTo(1);
        assertThat(harness.scraped("halfsecond_records_skipped_total{reason=\"late\"}")).isZero();
      }
    }

    private static String header(Headers headers, String name) {
      return new String(headers.lastHeader("__streams.errors." + name).value(), UTF_8);
    }
  }

  @Nested
  class Showing {
    private static final String MEDIAN =
        "halfsecond_signal_seconds{host=\"web-17\",quantile=\"0.5\",signal=\"startup\",window=\"%s\"}";

    @Test
    void should_show_the_last_complete_minute_and_forget_a_silent_host() {
      try (var harness = new Harness(stateDirectory)) {
        // given
        for (int n = 0; n < 10; n++) {
          harness.send(auth(n, START.plusSeconds(n)));
        }
        assertThat(harness.scraped(MEDIAN.formatted("1m"))).isCloseTo(0.008, within(0.00008));

        // when
        harness.send(auth(10, START.plusSeconds(61)).setStartupNanos(508 * MILLI));
        harness.pass(ShowWindows.REFRESH);

        // then
        assertThat(harness.scraped(MEDIAN.formatted("1m"))).isCloseTo(0.008, within(0.00008));
        assertThat(
                harness.scraped(
                    "halfsecond_signal_connections{host=\"web-17\",signal=\"startup\",window=\"1m\"}"))
            .isEqualTo(10);
        assertThat(
                harness.scraped(
                    "halfsecond_signal_connections{host=\"web-17\",signal=\"startup\",window=\"5m\"}"))
            .isEqualTo(11);

        harness.pass(Duration.ofSeconds(60));
        assertThat(harness.scraped(MEDIAN.formatted("1m"))).isCloseTo(0.508, within(0.00508));

        harness.pass(Duration.ofSeconds(60));
        assertThat(harness.scraped(MEDIAN.formatted("1m"))).isNaN();
        assertThat(harness.scraped(MEDIAN.formatted("5m"))).isCloseTo(0.008, within(0.00008));

        harness.pass(Duration.ofMinutes(10));
        assertThat(harness.scraped(MEDIAN.formatted("5m"))).isNaN();
      }
    }

    @Test
    void should_show_heartbeats_and_missing_records() {
      try (var harness = new Harness(stateDirectory)) {
        harness.send(heartbeat(0, START));
        harness.send(heartbeat(4, START.plusSeconds(10)));
        harness.send(heartbeat(5, START.plusSeconds(200)));

        assertThat(
                harness.scraped(
                    "halfsecond_collector_heartbeat_timestamp_seconds{host=\"web-17\"}"))
            .isEqualTo((double) START.plusSeconds(200).getEpochSecond());
        assertThat(harness.scraped("halfsecond_collector_sequence_gaps_total{host=\"web-17\"}"))
            .isEqualTo(3);
      }
    }
  }
}
