package io.halfsecond.streams;

import io.halfsecond.schemas.Acknowledgement;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertControl;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Decision;
import io.halfsecond.schemas.Direction;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.ObjectRole;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Quantiles;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import io.halfsecond.schemas.SshdProcess;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperEvidence;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.alert.Alerts;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Telemetry as a healthy collector sends it. A test changes the fields that it is about.
public final class Given {
  public static final String HOST = "web-17";

  public static final String COLLECTOR = "run-1";

  /// The day on which the xz backdoor was published.
  public static final Instant START = Instant.parse("2024-03-29T12:00:00Z");

  private static final String LIBSYSTEMD = "/usr/lib/x86_64-linux-gnu/libsystemd.so.0.35.0";

  public static final long MILLI = 1_000_000;

  private Given() {}

  /// 32 hexadecimal digits.
  public static String id(long n) {
    return "%032x".formatted(n);
  }

  /// Accepted public key. Startup takes 8 ms (7 ms CPU), preauth 290 ms (20 ms CPU).
  public static AuthTiming.Builder auth(long n, Instant at) {
    return AuthTiming.newBuilder()
        .setId(id(n))
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setConnectedAt(at.minusMillis(300))
        .setDecidedAt(at)
        .setMonitorPid(4711)
        .setExecutable("sshd")
        .setOutcome(Outcome.ACCEPTED)
        .setMethod(Method.PUBLICKEY)
        .setEvidence(Evidence.KERNEL_AND_LOG)
        .setStartupNanos(8 * MILLI)
        .setStartupRunQueueNanos(0L)
        .setStartupCpuNanos(7 * MILLI)
        .setClientWaitNanos(0L)
        .setPreauthNanos(290 * MILLI)
        .setPreauthRunQueueNanos(0L)
        .setPreauthCpuNanos(20 * MILLI);
  }

  /// 30 ms of CPU in the session.
  public static SessionCpu.Builder session(long n, Instant at) {
    return SessionCpu.newBuilder()
        .setId(id(n))
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setConnectedAt(at.minusSeconds(60))
        .setEndedAt(at)
        .setMonitorPid(4711)
        .setExecutable("sshd")
        .setOutcome(Outcome.ACCEPTED)
        .setMethod(Method.PUBLICKEY)
        .setEvidence(Evidence.KERNEL_AND_LOG)
        .setWallNanos(60_000 * MILLI)
        .setTotalCpuNanos(57 * MILLI)
        .setSessions(1)
        .setCpu(
            List.of(
                cpu(Role.MONITOR, Phase.STARTUP, 7),
                cpu(Role.PREAUTH, Phase.PREAUTH, 20),
                cpu(Role.MONITOR, Phase.SESSION, 10),
                cpu(Role.USER, Phase.SESSION, 20)));
  }

  public static PhaseCpu cpu(Role role, Phase phase, long millis) {
    return PhaseCpu.newBuilder()
        .setRole(role)
        .setPhase(phase)
        .setCpuNanos(millis * MILLI)
        .setRunQueueNanos(0)
        .build();
  }

  /// Banner after 8 ms at least; startup 9 ms for the client and 8 ms for the kernel; key exchange
  /// 10 ms; refusal after another 30 ms.
  public static ProbeTiming.Builder probe(long n, Instant at) {
    return ProbeTiming.newBuilder()
        .setId(id(n))
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setAt(at)
        .setTarget("127.0.0.1:22")
        .setServer("SSH-2.0-OpenSSH_9.2p1")
        .setOutcome(ProbeOutcome.REFUSED)
        .setGreeter(Role.MONITOR)
        .setBanners(5)
        .setConnectNanos(MILLI / 10)
        .setBannerNanos(8 * MILLI)
        .setKexNanos(10 * MILLI)
        .setAuthNanos(30 * MILLI)
        .setStartupNanos(9 * MILLI)
        .setKernelStartupNanos(8 * MILLI)
        .setStartupRunQueueNanos(0L)
        .setStartupCpuNanos(7 * MILLI);
  }

  /// Debian's sshd. Listener and monitor have mapped the same objects; liblzma is needed by
  /// libsystemd.
  public static HostFingerprint.Builder fingerprint(long n, Instant at) {
    return HostFingerprint.newBuilder()
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setAt(at)
        .setKernelRelease("6.1.0-18-amd64")
        .setMachine("x86_64")
        .setDistribution("debian-12")
        .setCpuModel("AMD EPYC 7763")
        .setSshdConfigSha256(hash(1))
        .setOpensslVersion("OpenSSL 3.0.11")
        .setObserved(Observed.MAPS)
        .setBootedAt(START.minusSeconds(86_400))
        .setListenerStartedAt(START.minusSeconds(86_000))
        .setObjects(objects(liblzma("5.4.5", 2)));
  }

  public static List<MappedObject> objects(MappedObject.Builder... others) {
    var sshd =
        object("/usr/sbin/sshd", 3)
            .setRole(ObjectRole.EXECUTABLE)
            .setPackage$("openssh-server")
            .setVersion("1:9.2p1-2");
    var libsystemd =
        object(LIBSYSTEMD, 4)
            .setPackage$("libsystemd0")
            .setVersion("252.22")
            .setNeededBy(List.of("/usr/sbin/sshd"));
    return Stream.concat(Stream.of(sshd, libsystemd), Arrays.stream(others))
        .map(MappedObject.Builder::build)
        .toList();
  }

  public static MappedObject.Builder liblzma(String version, int content) {
    return object("/usr/lib/x86_64-linux-gnu/liblzma.so." + version, content)
        .setPackage$("liblzma5")
        .setVersion(version + "-1")
        .setNeededBy(List.of("/usr/sbin/sshd", LIBSYSTEMD));
  }

  public static MappedObject.Builder object(String path, int content) {
    return MappedObject.newBuilder()
        .setPath(path)
        .setDevice("08:01")
        .setInode(content)
        .setSize(1000)
        .setMtime(START.minusSeconds(1_000_000))
        .setSha256(hash(content))
        .setRole(ObjectRole.LIBRARY)
        .setObserved(Observed.MAPS)
        .setProcesses(List.of(SshdProcess.LISTENER, SshdProcess.MONITOR));
  }

  /// 64 hexadecimal digits.
  public static String hash(int content) {
    return "%02x".formatted(content).repeat(32);
  }

  /// Evidence of one rule, whose facts are these objects.
  public static TamperEvidence.Builder evidence(
      long n, Instant at, String rule, String... objects) {
    return TamperEvidence.newBuilder()
        .setId(id(n))
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setAt(at)
        .setCohort("debian-12")
        .setRule(rule)
        .setAbout("what nobody should find")
        .setTier(Tier.STEP)
        .setFacts(
            Arrays.stream(objects)
                .map(
                    object ->
                        new TamperFact(object, List.of(new Statement("kernel", "found " + object))))
                .toList());
  }

  public static SelfTestReport.Builder selfTest(
      long n, Instant at, SelfTestComparison.Builder... comparisons) {
    return SelfTestReport.newBuilder()
        .setId(id(n))
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setAt(at)
        .setComparisons(Arrays.stream(comparisons).map(SelfTestComparison.Builder::build).toList());
  }

  /// `sshd -V`, 24 runs on each side, 9.1 ms each (7 ms CPU). The p-value of the report is
  /// `pValue`, from the wall times.
  public static SelfTestComparison.Builder comparison(
      SelfTestEnvironment environment, double pValue) {
    return SelfTestComparison.newBuilder()
        .setCommand("/usr/sbin/sshd -V")
        .setEnvironment(environment)
        .setRuns(24)
        .setServiceWallNanos(9.1 * MILLI)
        .setOtherWallNanos(9.1 * MILLI)
        .setServiceCpuNanos(7.0 * MILLI)
        .setOtherCpuNanos(7.0 * MILLI)
        .setWallPValue(Math.max(Double.MIN_VALUE, pValue / 2))
        .setCpuPValue(1);
  }

  /// A heartbeat that reports no loss.
  public static CollectorStatus.Builder heartbeat(long n, Instant at) {
    return CollectorStatus.newBuilder()
        .setHost(HOST)
        .setCollector(COLLECTOR)
        .setSequence(n)
        .setAt(at)
        .setStartedAt(START)
        .setVersion("0.1.0")
        .setSources(List.of(source(0)))
        .setRecordsDropped(Map.of());
  }

  public static SourceStatus source(long lost) {
    return SourceStatus.newBuilder()
        .setName("kernel")
        .setState(SourceState.RUNNING)
        .setLost(lost)
        .build();
  }

  /// A decision of Alice's about an alert.
  public static AlertControl decided(Alert alert, Decision decision, Instant at) {
    return decided(
        alert,
        Acknowledgement.newBuilder()
            .setDecision(decision)
            .setWho("alice@bastion")
            .setAt(at)
            .setWhy("change 4711")
            .build());
  }

  public static AlertControl decided(Alert alert, Acknowledgement acknowledgement) {
    return Alerts.control(alert, acknowledgement);
  }

  /// The finding of an alert on a signal.
  public static ShiftFinding shift(Alert alert) {
    return (ShiftFinding) alert.getFinding();
  }

  /// A shift of startup from 8 to 58 ms.
  public static ShiftFinding.Builder shifted() {
    var quantiles = new Quantiles(9L, 8e6, 9e6, 9e6);
    return ShiftFinding.newBuilder()
        .setSignal(Signal.STARTUP)
        .setStratum("all")
        .setDirection(Direction.UP)
        .setPhase(Phase.STARTUP)
        .setUnit(Unit.NANOSECONDS)
        .setBefore(quantiles)
        .setAfter(quantiles)
        .setShift(50e6)
        .setShiftLow(49e6)
        .setShiftHigh(51e6)
        .setPreliminary(true)
        .setConnections(9)
        .setVotes(3)
        .setEvidenceDays(9000.0)
        .setLimitDays(365.0);
  }
}
