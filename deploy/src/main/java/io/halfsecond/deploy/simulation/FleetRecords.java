package io.halfsecond.deploy.simulation;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.CollectorStatus;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SourceState;
import io.halfsecond.schemas.SourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the records that the collector of a host would send.
///
/// @param run of the collector
@SuppressWarnings(
    "NullAway") // Avro's generated setters take null for an absent value and are not annotated so
record FleetRecords(String host, String run, String cohort, Platform platform) {
  /// Events of the kernel and lines of the log that a connection makes, about.
  private static final int EVENTS = 14;

  private static final int LINES = 6;

  /// When a connection began and ended, and the number of its monitor's process.
  record Times(Instant connectedAt, Instant decidedAt, Instant endedAt, int pid) {}

  AuthTiming timing(long sequence, Login login, Times times, Optional<String> probe) {
    boolean preauth = login.preauth() > 0;
    return AuthTiming.newBuilder()
        .setId(login.id())
        .setHost(host)
        .setCollector(run)
        .setSequence(sequence)
        .setConnectedAt(times.connectedAt())
        .setDecidedAt(times.decidedAt())
        .setMonitorPid(times.pid())
        .setExecutable(platform.executable())
        .setOutcome(login.outcome())
        .setMethod(login.method())
        .setUserClass(login.userClass())
        .setUserPseudonym(known(login.user()))
        .setSourcePseudonym(known(login.source()))
        .setStartupNanos(login.startup())
        .setStartupRunQueueNanos(login.startupRunQueue())
        .setStartupCpuNanos(login.startupCpu())
        .setStartupMinorFaults(login.faults())
        .setClientWaitNanos(login.clientWait())
        .setPreauthNanos(preauth ? login.preauth() : null)
        .setPreauthRunQueueNanos(preauth ? login.preauthRunQueue() : null)
        .setPreauthCpuNanos(preauth ? login.preauthCpu() : null)
        .setPreauthMinorFaults(preauth ? 420L : null)
        .setEvidence(Evidence.KERNEL_AND_LOG)
        .setCohort(cohort)
        .setProbe(probe.orElse(null))
        .build();
  }

  SessionCpu session(long sequence, Login login, Times times, Optional<String> probe) {
    var cpu = new ArrayList<PhaseCpu>(4);
    cpu.add(share(Role.MONITOR, Phase.STARTUP, login.startupCpu(), login.startupRunQueue()));
    if (login.preauth() > 0) {
      cpu.add(share(Role.PREAUTH, Phase.PREAUTH, login.preauthCpu(), login.preauthRunQueue()));
    }
    boolean session = login.outcome() == Outcome.ACCEPTED;
    if (session) {
      long monitors = login.sessionCpu() / 3;
      cpu.add(share(Role.MONITOR, Phase.SESSION, monitors, login.sessionRunQueue()));
      cpu.add(share(Role.USER, Phase.SESSION, login.sessionCpu() - monitors, 0));
    }
    return SessionCpu.newBuilder()
        .setId(login.id())
        .setHost(host)
        .setCollector(run)
        .setSequence(sequence)
        .setConnectedAt(times.connectedAt())
        .setEndedAt(times.endedAt())
        .setMonitorPid(times.pid())
        .setExecutable(platform.executable())
        .setOutcome(login.outcome())
        .setMethod(login.method())
        .setUserClass(login.userClass())
        .setWallNanos(nanos(times.connectedAt(), times.endedAt()))
        .setSessionNanos(session ? nanos(times.decidedAt(), times.endedAt()) : null)
        .setCpu(cpu)
        .setTotalCpuNanos(login.startupCpu() + login.preauthCpu() + login.sessionCpu())
        .setSessions(session ? 1 : 0)
        .setEvidence(Evidence.KERNEL_AND_LOG)
        .setCohort(cohort)
        .setProbe(probe.orElse(null))
        .build();
  }

  private static long nanos(Instant from, Instant to) {
    return Duration.between(from, to).toNanos();
  }

  private static PhaseCpu share(Role role, Phase phase, long cpu, long runQueue) {
    return PhaseCpu.newBuilder()
        .setRole(role)
        .setPhase(phase)
        .setCpuNanos(cpu)
        .setRunQueueNanos(runQueue)
        .build();
  }

  private static String known(String pseudonym) {
    return pseudonym.isEmpty() ? null : pseudonym;
  }

  /// What the active probe has measured, beside the startup of the connection that it followed.
  ///
  /// @param banner the least of its connections
  /// @param kex not known in the first rounds, when the client is not compiled
  record Round(String id, long connect, long banner, Optional<Long> kex, long auth) {}

  ProbeTiming probe(long sequence, Instant at, Round round, Login followed) {
    return ProbeTiming.newBuilder()
        .setId(round.id())
        .setHost(host)
        .setCollector(run)
        .setSequence(sequence)
        .setAt(at)
        .setTarget("127.0.0.1:22")
        .setServer(platform.server())
        .setOutcome(ProbeOutcome.REFUSED)
        .setGreeter(platform.greeter())
        .setBanners(Simulation.PROBE_CONNECTIONS)
        .setConnectNanos(round.connect())
        .setBannerNanos(round.banner())
        .setKexNanos(round.kex().orElse(null))
        .setAuthNanos(round.auth())
        .setStartupNanos(followed.startup() + round.connect())
        .setKernelStartupNanos(followed.startup())
        .setStartupRunQueueNanos(followed.startupRunQueue())
        .setStartupCpuNanos(followed.startupCpu())
        .setCohort(cohort)
        .build();
  }

  /// @param previous inspection, unless this is the first one
  /// @param listening since when sshd listens
  HostFingerprint fingerprint(
      long sequence,
      Instant at,
      Optional<Instant> previous,
      Instant bootedAt,
      Instant listening,
      List<MappedObject> objects) {
    return HostFingerprint.newBuilder()
        .setHost(host)
        .setCollector(run)
        .setSequence(sequence)
        .setAt(at)
        .setPreviousInspectionAt(previous.orElse(null))
        .setCohort(cohort)
        .setKernelRelease(platform.kernel())
        .setMachine(platform.machine())
        .setDistribution(platform.system())
        .setSshdConfigSha256(Platform.hash(platform.system() + " sshd_config"))
        .setOpensslVersion("OpenSSL 3.0.17")
        .setBootedAt(bootedAt)
        .setListenerStartedAt(listening)
        .setMonitorStartedAt(at.isAfter(listening) ? listening : at)
        .setObserved(Observed.MAPS)
        .setObjects(objects)
        .build();
  }

  /// What the heartbeat of a collector counts since its start.
  ///
  /// @param acknowledged by topic, the number of the record that was acknowledged last
  record Counts(long connections, Map<String, Long> acknowledged) {}

  /// @param inspectedAt when sshd was last inspected; empty if it is not inspected
  CollectorStatus heartbeat(
      long sequence,
      Instant at,
      Instant startedAt,
      Counts counts,
      Optional<Instant> inspectedAt,
      boolean goodbye) {
    return CollectorStatus.newBuilder()
        .setHost(host)
        .setCollector(run)
        .setSequence(sequence)
        .setAt(at)
        .setStartedAt(startedAt)
        .setVersion("simulated")
        .setSources(
            List.of(
                source("kernel", counts.connections() * EVENTS),
                source("log", counts.connections() * LINES)))
        .setConnectionsOpened(counts.connections())
        .setRecordsAcknowledged(sequence)
        .setRecordsDropped(Map.of())
        .setRuns(
            List.of(
                RunProgress.newBuilder()
                    .setCollector(run)
                    .setAssigned(sequence + 1)
                    .setSettled(sequence)
                    .setLastAcknowledged(counts.acknowledged())
                    .setDropped(Map.of())
                    .build()))
        .setInventoryAt(inspectedAt.orElse(null))
        .setGoodbye(goodbye)
        .build();
  }

  private static SourceStatus source(String name, long events) {
    return SourceStatus.newBuilder()
        .setName(name)
        .setState(SourceState.RUNNING)
        .setDetail("simulated")
        .setRead(events)
        .setAssembled(events)
        .setDropped(Map.of())
        .build();
  }
}
