package io.halfsecond.streams.telemetry;

import static io.halfsecond.streams.Given.HOST;
import static io.halfsecond.streams.Given.START;
import static io.halfsecond.streams.Given.auth;
import static io.halfsecond.streams.Given.comparison;
import static io.halfsecond.streams.Given.evidence;
import static io.halfsecond.streams.Given.heartbeat;
import static io.halfsecond.streams.Given.probe;
import static io.halfsecond.streams.Given.selfTest;
import static io.halfsecond.streams.Given.session;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.OpenedSession;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.StartedProgram;
import io.halfsecond.streams.Given;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChecksTest {
  private static final TimeBounds BOUNDS =
      new TimeBounds(Duration.ofDays(30), Duration.ofMinutes(10));

  private static RunProgress.Builder run() {
    return RunProgress.newBuilder()
        .setCollector("run-1")
        .setLastAcknowledged(Map.of())
        .setDropped(Map.of());
  }

  private static Telemetry ofRun(RunProgress.Builder run) {
    return new Telemetry.Heartbeat(heartbeat(1, START).setRuns(List.of(run.build())).build());
  }

  private static OpenedSession.Builder opened() {
    return OpenedSession.newBuilder().setStartedAt(START);
  }

  private static List<StartedProgram> programs(int count, String path) {
    return Collections.nCopies(count, new StartedProgram(path, 1));
  }

  private static Telemetry ofSessions(List<OpenedSession> sessions) {
    return new Telemetry.Session(session(1, START).setOpenedSessions(sessions).build());
  }

  static Stream<Telemetry> sane() {
    return Stream.of(
        new Telemetry.Authentication(auth(1, START).build()),
        new Telemetry.Authentication(auth(1, START.plus(BOUNDS.future())).build()),
        new Telemetry.Authentication(auth(1, START.minus(BOUNDS.past())).build()),
        new Telemetry.Session(session(1, START).build()),
        ofSessions(
            Collections.nCopies(
                64, opened().setWallNanos(0L).setPrograms(programs(256, "/a")).build())),
        new Telemetry.Probe(probe(1, START).build()),
        new Telemetry.Probe(
            probe(1, START)
                .setOutcome(ProbeOutcome.UNREACHABLE)
                .setBanners(0)
                .clearConnectNanos()
                .clearBannerNanos()
                .clearKexNanos()
                .clearAuthNanos()
                .clearStartupNanos()
                .clearKernelStartupNanos()
                .clearStartupRunQueueNanos()
                .clearStartupCpuNanos()
                .build()),
        new Telemetry.SelfTest(selfTest(1, START).build()),
        new Telemetry.SelfTest(
            selfTest(
                    1,
                    START,
                    comparison(SelfTestEnvironment.TERMINAL, 1),
                    comparison(SelfTestEnvironment.OTHER_NAME, Double.MIN_VALUE)
                        .setCommand("/usr/sbin/sshd -t -f /dev/null -h /dev/null"))
                .build()),
        new Telemetry.Tampering(evidence(1, START, "hidden-object", "/a", "/b").build()),
        new Telemetry.Tampering(evidence(1, START, "unlogged", "").build()),
        new Telemetry.Heartbeat(heartbeat(1, START).build()));
  }

  @ParameterizedTest
  @MethodSource("sane")
  void should_accept_valid_telemetry(Telemetry telemetry) {
    assertThatCode(() -> Checks.check(HOST, telemetry, BOUNDS, START)).doesNotThrowAnyException();
  }

  static Stream<Arguments> insane() {
    return Stream.of(
        Arguments.of(
            "key is not the host",
            new Telemetry.Authentication(auth(1, START).setHost("web-18").build())),
        Arguments.of(
            "not a valid host name",
            new Telemetry.Authentication(auth(1, START).setHost("web/17").build())),
        Arguments.of("id is not", new Telemetry.Authentication(auth(1, START).setId("17").build())),
        Arguments.of(
            "collector", new Telemetry.Authentication(auth(1, START).setCollector("").build())),
        Arguments.of(
            "sequence is -1", new Telemetry.Authentication(auth(1, START).setSequence(-1).build())),
        Arguments.of(
            "out of bounds",
            new Telemetry.Authentication(
                auth(1, START.plus(BOUNDS.future()).plusMillis(1)).build())),
        Arguments.of(
            "out of bounds",
            new Telemetry.Authentication(
                auth(1, START.minus(BOUNDS.past()).minusMillis(1)).build())),
        Arguments.of(
            "decidedAt is before connectedAt",
            new Telemetry.Authentication(
                auth(1, START).setConnectedAt(START.plusMillis(1)).build())),
        Arguments.of(
            "startupNanos is -1",
            new Telemetry.Authentication(auth(1, START).setStartupNanos(-1L).build())),
        Arguments.of(
            "preauthNanos is",
            new Telemetry.Authentication(auth(1, START).setPreauthNanos(Long.MAX_VALUE).build())),
        Arguments.of(
            "preauthCpuNanos is -5",
            new Telemetry.Authentication(auth(1, START).setPreauthCpuNanos(-5L).build())),
        Arguments.of(
            "endedAt is before connectedAt",
            new Telemetry.Session(session(1, START).setConnectedAt(START.plusSeconds(1)).build())),
        Arguments.of(
            "wallNanos is -1", new Telemetry.Session(session(1, START).setWallNanos(-1).build())),
        Arguments.of(
            "lostEvents is -1", new Telemetry.Session(session(1, START).setLostEvents(-1).build())),
        Arguments.of(
            "cpuNanos is -3000000",
            new Telemetry.Session(
                session(1, START)
                    .setCpu(List.of(Given.cpu(Role.USER, Phase.SESSION, -3)))
                    .build())),
        Arguments.of("65 sessions", ofSessions(Collections.nCopies(65, opened().build()))),
        Arguments.of(
            "wallNanos of a session is -1",
            ofSessions(List.of(opened().setWallNanos(-1L).build()))),
        Arguments.of(
            "257 programs", ofSessions(List.of(opened().setPrograms(programs(257, "/a")).build()))),
        Arguments.of(
            "starts of a program is 0",
            ofSessions(
                List.of(opened().setPrograms(List.of(new StartedProgram("/a", 0))).build()))),
        Arguments.of(
            "furtherStarts is -1", ofSessions(List.of(opened().setFurtherStarts(-1).build()))),
        Arguments.of(
            "bytes of text in programs",
            ofSessions(
                Collections.nCopies(
                    2, opened().setPrograms(programs(100, "/\u00e4".repeat(200))).build()))),
        Arguments.of("id is not", new Telemetry.Probe(probe(1, START).setId("17").build())),
        Arguments.of(
            "cohort is not", new Telemetry.Probe(probe(1, START).setCohort("a/b").build())),
        Arguments.of("banners is -1", new Telemetry.Probe(probe(1, START).setBanners(-1).build())),
        Arguments.of(
            "connectNanos is -1",
            new Telemetry.Probe(probe(1, START).setConnectNanos(-1L).build())),
        Arguments.of(
            "bannerNanos is -1", new Telemetry.Probe(probe(1, START).setBannerNanos(-1L).build())),
        Arguments.of(
            "kexNanos is",
            new Telemetry.Probe(probe(1, START).setKexNanos(Long.MAX_VALUE).build())),
        Arguments.of(
            "authNanos is -1", new Telemetry.Probe(probe(1, START).setAuthNanos(-1L).build())),
        Arguments.of(
            "startupNanos is -1",
            new Telemetry.Probe(probe(1, START).setStartupNanos(-1L).build())),
        Arguments.of(
            "kernelStartupNanos is -1",
            new Telemetry.Probe(probe(1, START).setKernelStartupNanos(-1L).build())),
        Arguments.of(
            "startupRunQueueNanos is -1",
            new Telemetry.Probe(probe(1, START).setStartupRunQueueNanos(-1L).build())),
        Arguments.of(
            "startupCpuNanos is -1",
            new Telemetry.Probe(probe(1, START).setStartupCpuNanos(-1L).build())),
        Arguments.of(
            "rule has a name",
            new Telemetry.Tampering(evidence(1, START, "Hidden/object", "/a").build())),
        Arguments.of(
            "object has 513 characters",
            new Telemetry.Tampering(evidence(1, START, "x", "/".repeat(513)).build())),
        Arguments.of(
            "65 facts",
            new Telemetry.Tampering(evidence(1, START, "x", "/a,".repeat(65).split(",")).build())),
        Arguments.of(
            "bytes of text",
            new Telemetry.Tampering(
                evidence(1, START, "x", ("/\u00e4".repeat(250) + ",").repeat(64).split(","))
                    .build())),
        Arguments.of("id is not", new Telemetry.SelfTest(selfTest(1, START).setId("17").build())),
        Arguments.of(
            "cohort is not", new Telemetry.SelfTest(selfTest(1, START).setCohort("a/b").build())),
        Arguments.of(
            "1001 comparisons",
            new Telemetry.SelfTest(
                selfTest(1, START)
                    .setComparisons(
                        Collections.nCopies(
                            1001, comparison(SelfTestEnvironment.TERMINAL, 1).build()))
                    .build())),
        Arguments.of(
            "command is not", tested(comparison(SelfTestEnvironment.TERMINAL, 1).setCommand(""))),
        Arguments.of(
            "command is not",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setCommand("sshd\n-V"))),
        Arguments.of(
            "command is not",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setCommand("sshd  -V"))),
        Arguments.of(
            "command is not",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setCommand("s".repeat(201)))),
        Arguments.of("runs is 0", tested(comparison(SelfTestEnvironment.TERMINAL, 1).setRuns(0))),
        Arguments.of(
            "runs is 2147483647",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setRuns(Integer.MAX_VALUE))),
        Arguments.of(
            "serviceWallNanos is -1.0",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setServiceWallNanos(-1))),
        Arguments.of(
            "otherWallNanos is NaN",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setOtherWallNanos(Double.NaN))),
        Arguments.of(
            "serviceCpuNanos is Infinity",
            tested(
                comparison(SelfTestEnvironment.TERMINAL, 1)
                    .setServiceCpuNanos(Double.POSITIVE_INFINITY))),
        Arguments.of(
            "otherCpuNanos is -1.0",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setOtherCpuNanos(-1))),
        Arguments.of(
            "wallPValue is 0.0",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setWallPValue(0))),
        Arguments.of(
            "cpuPValue is 1.5",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setCpuPValue(1.5))),
        Arguments.of(
            "wallPValue is NaN",
            tested(comparison(SelfTestEnvironment.TERMINAL, 1).setWallPValue(Double.NaN))),
        Arguments.of(
            "source lost is -1",
            new Telemetry.Heartbeat(
                heartbeat(1, START).setSources(List.of(Given.source(-1))).build())),
        Arguments.of(
            "recordsDropped is -1",
            new Telemetry.Heartbeat(
                heartbeat(1, START).setRecordsDropped(Map.of("spool_full", -1L)).build())),
        Arguments.of(
            "heartbeatMillis",
            new Telemetry.Heartbeat(
                heartbeat(1, START).setHeartbeatMillis(Bounds.HEARTBEAT.toMillis() + 1).build())),
        Arguments.of("sequence", new Telemetry.Heartbeat(heartbeat(Long.MAX_VALUE, START).build())),
        Arguments.of(
            "startedAt",
            new Telemetry.Heartbeat(
                heartbeat(1, START)
                    .setStartedAt(Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS))
                    .build())),
        Arguments.of(
            "inventoryAt",
            new Telemetry.Heartbeat(
                heartbeat(1, START)
                    .setInventoryAt(Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS))
                    .build())),
        Arguments.of(
            "source has a name",
            new Telemetry.Heartbeat(
                heartbeat(1, START)
                    .setSources(List.of(SourceStatus.newBuilder().setName("x".repeat(41)).build()))
                    .build())),
        Arguments.of("dropped of a run", ofRun(run().setDropped(Map.of("\u001b[2J", 1L)))),
        Arguments.of("assigned", ofRun(run().setAssigned(-1).setSettled(-2))),
        Arguments.of("settled", ofRun(run().setAssigned(3).setSettled(4))),
        Arguments.of("unaccounted", ofRun(run().setUnaccounted(-1))),
        Arguments.of("collector of a run", ofRun(run().setCollector("c".repeat(65)))),
        Arguments.of("count of a run", ofRun(run().setDropped(Map.of("rejected", -1L)))),
        Arguments.of(
            "counts of a run",
            ofRun(
                run()
                    .setDropped(
                        IntStream.range(0, 65)
                            .boxed()
                            .collect(Collectors.toMap(n -> "reason-" + n, _ -> 1L))))),
        Arguments.of(
            "runs",
            new Telemetry.Heartbeat(
                heartbeat(1, START).setRuns(Collections.nCopies(65, run().build())).build())));
  }

  /// A report with this comparison after a valid one.
  private static Telemetry tested(SelfTestComparison.Builder comparison) {
    return new Telemetry.SelfTest(
        selfTest(1, START, comparison(SelfTestEnvironment.NO_LANGUAGE, 1), comparison).build());
  }

  @ParameterizedTest
  @MethodSource("insane")
  void should_reject_invalid_telemetry_and_name_the_reason(String message, Telemetry telemetry) {
    assertThatThrownBy(() -> Checks.check(HOST, telemetry, BOUNDS, START))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining(message);
  }

  @Test
  void should_reject_a_tombstone() {
    assertThatThrownBy(() -> Checks.present(null)).isInstanceOf(InsaneRecordException.class);
  }

  @Test
  void should_reject_a_record_without_a_key() {
    var telemetry = new Telemetry.Heartbeat(heartbeat(1, START).build());

    assertThatThrownBy(() -> Checks.check(null, telemetry, BOUNDS, START))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("key");
  }

  private static AlertControl.Builder control(String host, String cohort) {
    return AlertControl.newBuilder()
        .setAlertId(Given.id(1))
        .setHost(host)
        .setCohort(cohort)
        .setAcknowledgement(
            Acknowledgement.newBuilder()
                .setDecision(Decision.ACCEPT)
                .setWho("alice@bastion")
                .setAt(START)
                .setWhy("change 4711")
                .build());
  }

  private static void check(String key, AlertControl control) {
    Checks.check(key, new Input.Control(control), BOUNDS, START);
  }

  @Test
  void should_accept_a_decision_about_a_host_or_a_cohort() {
    // Collectors name cohorts after versions, and versions of Debian may contain a plus.
    var cohort = "debian-12-9.2p1-2+deb12u10";

    assertThatCode(() -> check(HOST, control(HOST, cohort).build())).doesNotThrowAnyException();
    assertThatCode(() -> check(cohort, control("", cohort).build())).doesNotThrowAnyException();
  }

  @Test
  void should_reject_an_invalid_decision_and_name_the_reason() {
    assertThatThrownBy(() -> check("", control("", "").build()))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("neither host nor cohort");
    assertThatThrownBy(() -> check("web+17", control("web+17", "").build()))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("neither host nor cohort");
    assertThatThrownBy(() -> check("a/b", control("", "a/b").build()))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("neither host nor cohort");
    assertThatThrownBy(() -> check(HOST, control("", "debian-12").build()))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("key is not");
    assertThatThrownBy(() -> check(HOST, control(HOST, "").setAlertId("17").build()))
        .isInstanceOf(InsaneRecordException.class)
        .hasMessageContaining("id is not");
  }

  @Test
  void should_refuse_a_decision_with_a_long_text() {
    var control = control(HOST, "").build();
    control.getAcknowledgement().setWhy("x".repeat(1_000_000));

    assertThatThrownBy(() -> check(HOST, control))
        .hasMessage("why has 1000000 characters, at most 512");
  }
}
