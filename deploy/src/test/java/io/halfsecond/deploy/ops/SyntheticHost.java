package io.halfsecond.deploy.ops;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
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
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SshdProcess;
import io.halfsecond.schemas.UserClass;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Records as the collector of one host would make them, with the event times that a test wants.
/// The figures are those of a quiet OpenSSH 9.2 with a tenth of noise; the same seed gives the same
/// ones.
public final class SyntheticHost {
  public static final Duration USUAL_STARTUP = Duration.ofMillis(8);
  private static final double NOISE = 0.1;
  private static final Duration PREAUTH = Duration.ofMillis(67);
  private static final Duration SESSION = Duration.ofMillis(60);

  /// The records of one connection.
  public record Connection(AuthTiming timing, SessionCpu cpu) {}

  private final String host;
  private final String cohort;
  private final String run;
  private final RandomGenerator random;
  private final Map<String, Long> newest = new HashMap<>();
  private long sequence;

  public SyntheticHost(String host, long seed) {
    this(host, "", seed);
  }

  public SyntheticHost(String host, String cohort, long seed) {
    this.host = host;
    this.cohort = cohort;
    this.run = host + "-" + seed;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// A login that is accepted.
  ///
  /// @param startup about how long, and how much CPU, the monitor takes to fork its preauth child
  public Connection connection(Instant connectedAt, Duration startup) {
    long startupNanos = about(startup);
    long preauthNanos = about(PREAUTH);
    long sessionNanos = about(SESSION);
    Instant decidedAt = connectedAt.plusNanos(startupNanos + preauthNanos);
    Instant endedAt = decidedAt.plusNanos(sessionNanos);
    String id = "%016x%016x".formatted(random.nextLong(), random.nextLong());
    long startupCpu = startupNanos * 9 / 10;
    long preauthCpu = about(Duration.ofMillis(11));
    long sessionCpu = about(Duration.ofMillis(30));
    int pid = 1000 + (int) (sequence % 30_000);

    AuthTiming timing =
        AuthTiming.newBuilder()
            .setId(id)
            .setHost(host)
            .setCollector(run)
            .setSequence(number("auth-timing"))
            .setConnectedAt(connectedAt)
            .setDecidedAt(decidedAt)
            .setMonitorPid(pid)
            .setExecutable("sshd")
            .setOutcome(Outcome.ACCEPTED)
            .setMethod(Method.PUBLICKEY)
            .setUserClass(UserClass.VALID)
            .setStartupNanos(startupNanos)
            .setStartupRunQueueNanos(100_000L)
            .setStartupCpuNanos(startupCpu)
            .setStartupMinorFaults(750L)
            .setClientWaitNanos(0L)
            .setPreauthNanos(preauthNanos)
            .setPreauthRunQueueNanos(500_000L)
            .setPreauthCpuNanos(preauthCpu)
            .setEvidence(Evidence.KERNEL_AND_LOG)
            .setCohort(cohort)
            .build();
    SessionCpu cpu =
        SessionCpu.newBuilder()
            .setId(id)
            .setHost(host)
            .setCollector(run)
            .setSequence(number("session-cpu"))
            .setConnectedAt(connectedAt)
            .setEndedAt(endedAt)
            .setMonitorPid(pid)
            .setExecutable("sshd")
            .setOutcome(Outcome.ACCEPTED)
            .setMethod(Method.PUBLICKEY)
            .setUserClass(UserClass.VALID)
            .setWallNanos(startupNanos + preauthNanos + sessionNanos)
            .setSessionNanos(sessionNanos)
            .setCpu(
                List.of(
                    share(Role.MONITOR, Phase.STARTUP, startupCpu),
                    share(Role.PREAUTH, Phase.PREAUTH, preauthCpu),
                    share(Role.MONITOR, Phase.SESSION, sessionCpu / 3),
                    share(Role.USER, Phase.SESSION, sessionCpu * 2 / 3)))
            .setTotalCpuNanos(startupCpu + preauthCpu + sessionCpu)
            .setSessions(1)
            .setEvidence(Evidence.KERNEL_AND_LOG)
            .setCohort(cohort)
            .build();
    return new Connection(timing, cpu);
  }

  /// A round of the collector's own probe.
  public ProbeTiming probe(Instant at) {
    long startup = about(USUAL_STARTUP);
    return ProbeTiming.newBuilder()
        .setId("%016x%016x".formatted(random.nextLong(), random.nextLong()))
        .setHost(host)
        .setCollector(run)
        .setSequence(number("probe"))
        .setAt(at)
        .setTarget("127.0.0.1:22")
        .setServer("SSH-2.0-OpenSSH_9.2p1")
        .setOutcome(ProbeOutcome.REFUSED)
        .setGreeter(Role.MONITOR)
        .setBanners(3)
        .setConnectNanos(100_000L)
        .setBannerNanos(startup)
        .setKexNanos(about(Duration.ofMillis(11)))
        .setAuthNanos(about(Duration.ofMillis(30)))
        .setStartupNanos(startup + 100_000)
        .setKernelStartupNanos(startup + 50_000)
        .setStartupRunQueueNanos(100_000L)
        .setStartupCpuNanos(startup * 9 / 10)
        .setCohort(cohort)
        .build();
  }

  /// A look at what sshd is made of.
  ///
  /// @param previous when it was looked before that, by the same run
  /// @param listening since when
  /// @param library what the content of liblzma is: one hexadecimal digit, again and again
  public HostFingerprint fingerprint(
      Instant at, Instant previous, Instant listening, String library) {
    return fingerprint(at, previous, listening, library, "c");
  }

  /// @param configuration a digit that stands for the content of sshd_config
  public HostFingerprint fingerprint(
      Instant at, Instant previous, Instant listening, String library, String configuration) {
    return HostFingerprint.newBuilder()
        .setHost(host)
        .setCollector(run)
        .setSequence(number("host-fingerprint"))
        .setAt(at)
        .setPreviousInspectionAt(previous)
        .setCohort(cohort)
        .setKernelRelease("6.1.0-28-amd64")
        .setMachine("x86_64")
        .setSshdConfigSha256(configuration.repeat(64))
        .setBootedAt(Instant.EPOCH)
        .setListenerStartedAt(listening)
        .setObserved(Observed.MAPS)
        .setObjects(
            List.of(
                object("/usr/sbin/sshd", "5", ObjectRole.EXECUTABLE, List.of()),
                object(
                    "/usr/lib/x86_64-linux-gnu/liblzma.so.5",
                    library,
                    ObjectRole.LIBRARY,
                    List.of("/usr/sbin/sshd"))))
        .build();
  }

  private static MappedObject object(
      String path, String digit, ObjectRole role, List<String> neededBy) {
    return MappedObject.newBuilder()
        .setPath(path)
        .setDevice("08:01")
        .setInode(17)
        .setSize(258_000)
        .setMtime(Instant.EPOCH)
        .setSha256(digit.repeat(64))
        .setRole(role)
        .setObserved(Observed.MAPS)
        .setNeededBy(neededBy)
        .setProcesses(List.of(SshdProcess.LISTENER, SshdProcess.MONITOR))
        .build();
  }

  /// A heartbeat that does not say which records are settled: none counts as lost.
  public CollectorStatus heartbeat(Instant at) {
    return heartbeat(at, 0);
  }

  /// A heartbeat that says that all records before it were acknowledged.
  public CollectorStatus account(Instant at) {
    return heartbeat(at, sequence);
  }

  /// The last heartbeat of a collector that is stopped on purpose.
  public CollectorStatus goodbye(Instant at) {
    return CollectorStatus.newBuilder(heartbeat(at)).setGoodbye(true).build();
  }

  private CollectorStatus heartbeat(Instant at, long settled) {
    long number = sequence++;
    return CollectorStatus.newBuilder()
        .setHost(host)
        .setCollector(run)
        .setSequence(number)
        .setAt(at)
        .setStartedAt(at)
        .setVersion("test")
        .setRuns(
            List.of(
                RunProgress.newBuilder()
                    .setCollector(run)
                    .setAssigned(number + 1)
                    .setSettled(settled)
                    .setLastAcknowledged(Map.copyOf(newest))
                    .setDropped(Map.of())
                    .build()))
        .build();
  }

  private long number(String topic) {
    newest.put(topic, sequence);
    return sequence++;
  }

  private static PhaseCpu share(Role role, Phase phase, long cpuNanos) {
    return PhaseCpu.newBuilder()
        .setRole(role)
        .setPhase(phase)
        .setCpuNanos(cpuNanos)
        .setRunQueueNanos(0)
        .build();
  }

  private long about(Duration usual) {
    return Math.max(1, (long) (usual.toNanos() * (1 + NOISE * random.nextGaussian())));
  }
}
