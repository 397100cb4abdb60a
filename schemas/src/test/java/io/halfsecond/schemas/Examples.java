package io.halfsecond.schemas;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;

/// One full example of every record, with every optional field set.
final class Examples {
  private static final Instant FORKED = Instant.parse("2024-03-29T12:04:10.000123Z");

  static final AuthTiming AUTH_TIMING =
      AuthTiming.newBuilder()
          .setId("0f".repeat(16))
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(41)
          .setConnectedAt(FORKED)
          .setDecidedAt(FORKED.plusMillis(188))
          .setMonitorPid(4711)
          .setExecutable("sshd")
          .setOutcome(Outcome.FAILED)
          .setMethod(Method.PUBLICKEY)
          .setUserClass(UserClass.INVALID)
          .setUserPseudonym("a1".repeat(8))
          .setSourcePseudonym("b2".repeat(8))
          .setKeyPseudonym("c3".repeat(8))
          .setStartupNanos(511_000_000L)
          .setStartupRunQueueNanos(800_000L)
          .setStartupCpuNanos(509_000_000L)
          .setStartupMinorFaults(760L)
          .setClientWaitNanos(1_200_000L)
          .setPreauthNanos(66_800_000L)
          .setPreauthRunQueueNanos(1_000_000L)
          .setPreauthCpuNanos(11_000_000L)
          .setPreauthMinorFaults(310L)
          .setEvidence(Evidence.KERNEL_AND_LOG)
          .setComplete(true)
          .setCohort("debian-12")
          .setProbe("1e".repeat(16))
          .build();

  static final SessionCpu SESSION_CPU =
      SessionCpu.newBuilder()
          .setId("0f".repeat(16))
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(42)
          .setConnectedAt(FORKED)
          .setEndedAt(FORKED.plusSeconds(90))
          .setMonitorPid(4711)
          .setExecutable("sshd-session")
          .setOutcome(Outcome.ACCEPTED)
          .setMethod(Method.PASSWORD)
          .setUserClass(UserClass.VALID)
          .setWallNanos(90_000_000_000L)
          .setSessionNanos(89_000_000_000L)
          .setCpu(
              List.of(
                  PhaseCpu.newBuilder()
                      .setRole(Role.MONITOR)
                      .setPhase(Phase.STARTUP)
                      .setCpuNanos(8_000_000)
                      .setRunQueueNanos(100_000)
                      .setMinorFaults(750L)
                      .build(),
                  PhaseCpu.newBuilder()
                      .setRole(Role.USER)
                      .setPhase(Phase.SESSION)
                      .setCpuNanos(30_000_000)
                      .setRunQueueNanos(5_000)
                      .build()))
          .setTotalCpuNanos(38_000_000L)
          .setSessions(1)
          .setOpenedSessions(
              List.of(
                  OpenedSession.newBuilder()
                      .setStartedAt(FORKED.plusMillis(200))
                      .setWallNanos(88_800_000_000L)
                      .setPrograms(
                          List.of(
                              new StartedProgram("/usr/bin/bash", 1),
                              new StartedProgram("/home/~/bin/deploy", 3)))
                      .setFurtherStarts(12)
                      .setComplete(false)
                      .build()))
          .setEvidence(Evidence.KERNEL)
          .setComplete(false)
          .setLostEvents(3)
          .setCohort("debian-12")
          .setProbe("1e".repeat(16))
          .build();

  static final ProbeTiming PROBE_TIMING =
      ProbeTiming.newBuilder()
          .setId("1e".repeat(16))
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(44)
          .setAt(FORKED.plusSeconds(3))
          .setTarget("127.0.0.1:22")
          .setServer("SSH-2.0-OpenSSH_9.2p1")
          .setOutcome(ProbeOutcome.CLOSED)
          .setDetail("hung up")
          .setGreeter(Role.MONITOR)
          .setBanners(3)
          .setConnectNanos(90_000L)
          .setBannerNanos(8_100_000L)
          .setKexNanos(21_000_000L)
          .setAuthNanos(9_000_000L)
          .setStartupNanos(8_500_000L)
          .setKernelStartupNanos(8_300_000L)
          .setStartupRunQueueNanos(200_000L)
          .setStartupCpuNanos(7_900_000L)
          .setCohort("debian-12")
          .build();

  static final SelfTestReport SELF_TEST_REPORT =
      SelfTestReport.newBuilder()
          .setId("2d".repeat(16))
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(45)
          .setAt(FORKED.plusSeconds(60))
          .setComparisons(
              List.of(
                  SelfTestComparison.newBuilder()
                      .setCommand("/usr/sbin/sshd -V")
                      .setEnvironment(SelfTestEnvironment.TERMINAL)
                      .setRuns(24)
                      .setServiceWallNanos(512e6)
                      .setOtherWallNanos(9e6)
                      .setServiceCpuNanos(509e6)
                      .setOtherCpuNanos(8e6)
                      .setWallPValue(6e-14)
                      .setCpuPValue(7e-14)
                      .build()))
          .setCohort("debian-12")
          .build();

  static final HostFingerprint HOST_FINGERPRINT =
      HostFingerprint.newBuilder()
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(46)
          .setAt(FORKED.plusSeconds(61))
          .setCohort("debian-12")
          .setKernelRelease("6.1.0-18-amd64")
          .setMachine("x86_64")
          .setCpuModel("AMD EPYC 7763")
          .setCpuGovernor("performance")
          .setSshdConfigSha256("5e".repeat(32))
          .setOpensslVersion("OpenSSL 3.0.11")
          .setBootedAt(FORKED.minusSeconds(86_400))
          .setListenerStartedAt(FORKED.minusSeconds(170))
          .setObserved(Observed.MAPS)
          .setObjects(
              List.of(
                  MappedObject.newBuilder()
                      .setPath("/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1")
                      .setDevice("08:01")
                      .setInode(131_330)
                      .setSize(258_720)
                      .setMtime(FORKED.minusSeconds(3600))
                      .setSha256("6f".repeat(32))
                      .setBuildId("7a".repeat(20))
                      .setPackage$("liblzma5")
                      .setVersion("5.6.1-1")
                      .setNeeded(List.of("libc.so.6"))
                      .setNeededBy(
                          List.of(
                              "/usr/sbin/sshd", "/usr/lib/x86_64-linux-gnu/libsystemd.so.0.38.0"))
                      .setRole(ObjectRole.LIBRARY)
                      .setObserved(Observed.MAPS)
                      .setDiffersFromPath(true)
                      .setInstalledAt(FORKED.minusSeconds(200))
                      .setProcesses(List.of(SshdProcess.LISTENER, SshdProcess.MONITOR))
                      .build()))
          .setPreviousInspectionAt(FORKED.minusSeconds(230))
          .setMonitorStartedAt(FORKED)
          .build();

  static final CollectorStatus COLLECTOR_STATUS =
      CollectorStatus.newBuilder()
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(43)
          .setAt(FORKED.plusSeconds(100))
          .setStartedAt(FORKED)
          .setVersion("0.1.0")
          .setSources(
              List.of(
                  SourceStatus.newBuilder()
                      .setName("kernel")
                      .setState(SourceState.DEGRADED)
                      .setDetail("no taskstats: needs CAP_NET_ADMIN")
                      .setRead(10)
                      .setAssembled(7)
                      .setDropped(Map.of("unrelated", 2L))
                      .setInFlight(1)
                      .setLost(5)
                      .build()))
          .setConnectionsOpen(1)
          .setConnectionsOpened(12)
          .setRecordsAcknowledged(22)
          .setRecordsDropped(Map.of("queue-full", 1L))
          .setRecordsInFlight(2)
          .setRuns(
              List.of(
                  RunProgress.newBuilder()
                      .setCollector("c0ffee")
                      .setAssigned(44)
                      .setSettled(41)
                      .setLastAcknowledged(Map.of("ssh.auth-timing", 40L))
                      .setDropped(Map.of("spool-full", 1L))
                      .build(),
                  RunProgress.newBuilder()
                      .setCollector("deadbeef")
                      .setAssigned(1_200)
                      .setSettled(1_200)
                      .setLastAcknowledged(Map.of())
                      .setDropped(Map.of())
                      .setUnaccounted(3)
                      .setEnded(true)
                      .build()))
          .setSpool(
              SpoolStatus.newBuilder()
                  .setState(SpoolState.WRITING)
                  .setRecords(3)
                  .setBytes(4_096)
                  .setOldestAt(FORKED)
                  .build())
          .setInventoryAt(FORKED.plusSeconds(90))
          .build();

  private static final Acknowledgement ACKNOWLEDGEMENT =
      Acknowledgement.newBuilder()
          .setDecision(Decision.ACCEPT)
          .setWho("alice@bastion")
          .setAt(FORKED.plusSeconds(600))
          .setWhy("openssh 9.8, change 4711")
          .build();

  private static final Change CHANGE =
      Change.newBuilder()
          .setKind(ChangeKind.OBJECT)
          .setSubject("/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1")
          .setSubjectBefore("/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.5")
          .setBefore("5f".repeat(32))
          .setAfter("6f".repeat(32))
          .setPackageBefore("liblzma5 5.4.5-0.3")
          .setPackageAfter("liblzma5 5.6.1-1")
          .setChain(
              List.of(
                  "/usr/sbin/sshd",
                  "/usr/lib/x86_64-linux-gnu/libsystemd.so.0.38.0",
                  "/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1"))
          .setInside(true)
          .setRunning(true)
          .setDiffersFromPath(true)
          .setNotBefore(FORKED.minusSeconds(230))
          .setAt(FORKED.minusSeconds(200))
          .setFits(true)
          .build();

  private static final ShiftFinding SHIFT =
      ShiftFinding.newBuilder()
          .setSignal(Signal.STARTUP)
          .setStratum("all")
          .setDirection(Direction.UP)
          .setPhase(Phase.STARTUP)
          .setUnit(Unit.NANOSECONDS)
          .setBefore(new Quantiles(9400L, 8e6, 11e6, 12e6))
          .setAfter(new Quantiles(14L, 511e6, 520e6, 521e6))
          .setShift(503e6)
          .setShiftLow(498e6)
          .setShiftHigh(509e6)
          .setPreliminary(true)
          .setConnections(14)
          .setVotes(7)
          .setSources(2)
          .setWaitingBefore(0.05)
          .setWaitingAfter(0.06)
          .setEvidenceDays(9400.0)
          .setLimitDays(365.0)
          .build();

  private static final SelfTestFinding SELF_TEST =
      SelfTestFinding.newBuilder()
          .setCommand("sshd -V")
          .setEnvironment(SelfTestEnvironment.TERMINAL)
          .setResource(SelfTestResource.CPU_TIME)
          .setRuns(24)
          .setServiceNanos(509e6)
          .setOtherNanos(8e6)
          .setPValue(1.2e-13)
          .setEvidenceDays(1.7e12)
          .setLimitDays(24_350)
          .build();

  private static final ContradictionFinding CONTRADICTION =
      ContradictionFinding.newBuilder()
          .setRule("unlogged")
          .setAbout("connection 0f0f")
          .setStatements(
              List.of(new Statement("kernel", "authenticated"), new Statement("log", "no line")))
          .build();

  static final Alert ALERT =
      Alert.newBuilder()
          .setAlertId("3c".repeat(16))
          .setState(AlertState.UPDATED)
          .setRevision(1)
          .setTier(Tier.STEP)
          .setScope(AlertScope.INCIDENT)
          .setHost("web-17")
          .setCohort("debian-12")
          .setSubject("startup/all")
          .setAt(FORKED.plusSeconds(30))
          .setOpenedAt(FORKED.plusSeconds(20))
          .setOnset(FORKED)
          .setOnsetNotBefore(FORKED.minusSeconds(60))
          .setOnsetNotAfter(FORKED.plusSeconds(1))
          .setFinding(SHIFT)
          .setConfirmed(true)
          .setTelemetryComplete(true)
          .setAttribution(Attribution.CHANGED)
          .setChanges(List.of(CHANGE))
          .setMembers(
              List.of(
                  Member.newBuilder()
                      .setHost("web-17")
                      .setAlertIds(List.of("4d".repeat(16)))
                      .setOnset(FORKED)
                      .setShift(503e6)
                      .setRecovered(true)
                      .build()))
          .setContrast(new Contrast(12, 12, 0, 488, 1e-20))
          .setAcknowledgement(ACKNOWLEDGEMENT)
          .setSummary("web-17: sshd startup 8 ms → 511 ms")
          .build();

  static final AlertControl ALERT_CONTROL =
      AlertControl.newBuilder()
          .setAlertId("3c".repeat(16))
          .setScope(AlertScope.HOST)
          .setHost("web-17")
          .setCohort("debian-12")
          .setSubject("startup/all")
          .setAcknowledgement(ACKNOWLEDGEMENT)
          .build();

  static final CohortProfile COHORT_PROFILE =
      CohortProfile.newBuilder()
          .setCohort("debian-12")
          .setSignal(Signal.PREAUTH)
          .setStratum("publickey/accepted")
          .setEffectiveFrom(FORKED)
          .setHosts(488)
          .setConnections(4_900_000)
          .setLogMedian(18.1)
          .setLogMedianDeviation(0.2)
          .setShape(List.of(-0.5f, 0f, 2.5f))
          .setSeason(List.of(0.1f, -0.1f))
          .build();

  static final Deviation DEVIATION =
      Deviation.newBuilder()
          .setId("0f".repeat(16))
          .setHost("web-17")
          .setCohort("debian-12")
          .setSignal(Signal.STARTUP)
          .setStratum("all")
          .setAt(FORKED)
          .setValue(9e6)
          .setSeason(0.1f)
          .setMedian(8e6)
          .setBaseline(9400)
          .setSource(12345)
          .setWaiting(0.05f)
          .setAlertOpen(true)
          .setFurther(
              List.of(
                  FurtherDeviation.newBuilder()
                      .setSignal(Signal.CPU_STARTUP)
                      .setStratum("all")
                      .setValue(5e6)
                      .setSeason(0)
                      .setMedian(4e6)
                      .setBaseline(9300)
                      .setWaiting(0.05f)
                      .build()))
          .build();

  static final CohortInput COHORT_INPUT =
      CohortInput.newBuilder()
          .setInput(Deviation.newBuilder(DEVIATION).setFurther(List.of()).build())
          .build();

  static final HostHistory HOST_HISTORY =
      HostHistory.newBuilder()
          .setLatest(HOST_FINGERPRINT)
          .setMonitored(HOST_FINGERPRINT.getObjects())
          .setSince(FORKED.minusSeconds(86_400))
          .setChanges(List.of(CHANGE))
          .build();

  static final SelfTestHistory SELF_TEST_HISTORY =
      SelfTestHistory.newBuilder()
          .setLast(FORKED)
          .setDifferences(
              List.of(
                  SelfTestDifference.newBuilder()
                      .setSubject("selftest/sshd_-V/term-set")
                      .setOpenedAt(FORKED)
                      .setNotBeforeMicros(1_711_627_450_000_123L)
                      .setFinding(SELF_TEST)
                      .build()))
          .build();

  static final TamperEvidence TAMPER_EVIDENCE =
      TamperEvidence.newBuilder()
          .setId("3c".repeat(16))
          .setHost("web-17")
          .setCollector("c0ffee")
          .setSequence(48)
          .setAt(FORKED.plusSeconds(62))
          .setRule("hidden-object")
          .setAbout("sshd has a file in memory that is not at its path")
          .setTier(Tier.STEP)
          .setFacts(
              List.of(
                  new TamperFact(
                      "/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1",
                      List.of(
                          new Statement("memory", "the listener has it (inode 17)"),
                          new Statement("path", "another file is there")))))
          .setComplete(true)
          .setCohort("debian-12")
          .build();

  static final List<SpecificRecordBase> ALL =
      List.of(
          AUTH_TIMING,
          SESSION_CPU,
          PROBE_TIMING,
          SELF_TEST_REPORT,
          HOST_FINGERPRINT,
          COLLECTOR_STATUS,
          TAMPER_EVIDENCE,
          ALERT,
          ALERT_CONTROL,
          COHORT_PROFILE,
          DEVIATION,
          COHORT_INPUT,
          HOST_HISTORY,
          SELF_TEST_HISTORY,
          SELF_TEST,
          CONTRADICTION);

  private Examples() {}

  @SuppressWarnings("unchecked") // the class of a record is the class it is serialised as
  static <T extends SpecificRecordBase> AvroSerde<T> serdeOf(T example) {
    return AvroSerde.of((Class<T>) example.getClass());
  }
}
