package io.halfsecond.collector.emit;

import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionEnded;
import io.halfsecond.collector.assembly.Result.PhaseUsage;
import io.halfsecond.collector.assembly.Result.Probed;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Makes Avro records of results.
@SuppressWarnings(
    "NullAway") // Avro's generated setters take null for an absent value and are not annotated so
public final class RecordMapper {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Origin origin;
  private final Pseudonyms pseudonyms;
  private final LongSupplier epochOffsetNanos;

  /// @param epochOffsetNanos added to `CLOCK_MONOTONIC` it gives nanoseconds since the epoch
  public RecordMapper(Origin origin, Pseudonyms pseudonyms, LongSupplier epochOffsetNanos) {
    this.origin = origin;
    this.pseudonyms = pseudonyms;
    this.epochOffsetNanos = epochOffsetNanos;
  }

  /// @param sequence position among all records of this collector run
  public AuthTiming authTiming(AuthenticationDecided decided, long sequence) {
    var login = decided.login();
    var startup = decided.startup();
    var preauth = decided.preauth();
    return AuthTiming.newBuilder()
        .setId(origin.idOf(decided.key()))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setConnectedAt(instant(decided.key().bornNanos()))
        .setDecidedAt(instant(decided.decidedAtNanos()))
        .setMonitorPid(decided.key().monitorPid())
        .setExecutable(decided.executable())
        .setOutcome(login.outcome())
        .setMethod(login.method())
        .setUserClass(login.userClass())
        .setUserPseudonym(login.user().flatMap(pseudonyms::of).orElse(null))
        .setSourcePseudonym(login.address().flatMap(pseudonyms::of).orElse(null))
        .setStartupNanos(orNull(startup.wallNanos()))
        .setStartupRunQueueNanos(orNull(startup.runQueueNanos()))
        .setStartupCpuNanos(orNull(startup.cpuNanos()))
        .setStartupMinorFaults(orNull(startup.minorFaults()))
        .setClientWaitNanos(orNull(decided.clientWaitNanos()))
        .setPreauthNanos(orNull(preauth.wallNanos()))
        .setPreauthRunQueueNanos(orNull(preauth.runQueueNanos()))
        .setPreauthCpuNanos(orNull(preauth.cpuNanos()))
        .setPreauthMinorFaults(orNull(preauth.minorFaults()))
        .setEvidence(decided.evidence())
        .setComplete(decided.complete())
        .setCohort(origin.cohort())
        .setProbe(probe(decided.probe()))
        .setSeenSince(instantOrNull(decided.seenSinceNanos()))
        .build();
  }

  /// @param sequence position among all records of this collector run
  public SessionCpu sessionCpu(ConnectionEnded ended, long sequence) {
    var login = ended.login();
    return SessionCpu.newBuilder()
        .setId(origin.idOf(ended.key()))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setConnectedAt(instant(ended.key().bornNanos()))
        .setEndedAt(instant(ended.endedAtNanos()))
        .setMonitorPid(ended.key().monitorPid())
        .setExecutable(ended.executable())
        .setOutcome(login.outcome())
        .setMethod(login.method())
        .setUserClass(login.userClass())
        .setWallNanos(ended.endedAtNanos() - ended.key().bornNanos())
        .setSessionNanos(orNull(ended.sessionNanos()))
        .setCpu(costs(ended.cpu()))
        .setTotalCpuNanos(orNull(ended.totalCpuNanos()))
        .setSessions(ended.sessions())
        .setEvidence(ended.evidence())
        .setComplete(ended.complete())
        .setLostEvents(ended.lostEvents())
        .setCohort(origin.cohort())
        .setProbe(probe(ended.probe()))
        .setSeenSince(instantOrNull(ended.seenSinceNanos()))
        .build();
  }

  /// @param sequence position among all records of this collector run
  public ProbeTiming probeTiming(Probed probed, long sequence) {
    var seen = probed.seen();
    var kernel = probed.startup();
    return ProbeTiming.newBuilder()
        .setId(origin.idOfProbe(probed.round()))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setAt(instant(probed.endedAtNanos()))
        .setTarget(seen.target())
        .setServer(seen.server())
        .setOutcome(seen.outcome())
        .setDetail(seen.detail())
        .setBanners(seen.banners())
        .setConnectNanos(orNull(seen.connectNanos()))
        .setBannerNanos(orNull(seen.bannerNanos()))
        .setKexNanos(orNull(seen.kexNanos()))
        .setAuthNanos(orNull(seen.authNanos()))
        .setStartupNanos(orNull(seen.startupNanos()))
        .setGreeter(probed.greeter())
        .setKernelStartupNanos(orNull(probed.greetedNanos()))
        .setStartupRunQueueNanos(orNull(kernel.runQueueNanos()))
        .setStartupCpuNanos(orNull(kernel.cpuNanos()))
        .setCohort(origin.cohort())
        .build();
  }

  /// @param endedNanos when the self-test was over
  /// @param sequence position among all records of this collector run
  public SelfTestReport selfTest(List<SelfTestResult> results, long endedNanos, long sequence) {
    return SelfTestReport.newBuilder()
        .setId(origin.idOfSelfTest(endedNanos))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setAt(instant(endedNanos))
        .setComparisons(results.stream().map(RecordMapper::comparison).toList())
        .setCohort(origin.cohort())
        .build();
  }

  private static SelfTestComparison comparison(SelfTestResult result) {
    var wall = result.comparison(Measure.WALL);
    var cpu = result.comparison(Measure.CPU);
    return SelfTestComparison.newBuilder()
        .setCommand(result.trial().toString())
        .setEnvironment(
            switch (result.environment()) {
              // Never compared with itself.
              case SERVICE -> SelfTestEnvironment.UNKNOWN;
              case TERMINAL -> SelfTestEnvironment.TERMINAL;
              case NO_LANGUAGE -> SelfTestEnvironment.NO_LANGUAGE;
              case LOADER_DEBUG -> SelfTestEnvironment.LOADER_DEBUG;
              case OTHER_NAME -> SelfTestEnvironment.OTHER_NAME;
            })
        .setRuns(result.runs())
        .setServiceWallNanos(wall.usual())
        .setOtherWallNanos(wall.other())
        .setServiceCpuNanos(cpu.usual())
        .setOtherCpuNanos(cpu.other())
        .setWallPValue(wall.pValue())
        .setCpuPValue(cpu.pValue())
        .build();
  }

  /// The id of the probe round that a connection belongs to.
  private @Nullable String probe(Optional<Result.ProbeTag> tag) {
    return tag.map(Result.ProbeTag::round).map(origin::idOfProbe).orElse(null);
  }

  private static List<PhaseCpu> costs(List<PhaseUsage> costs) {
    return costs.stream()
        .map(
            cost ->
                PhaseCpu.newBuilder()
                    .setRole(cost.role())
                    .setPhase(cost.phase())
                    .setCpuNanos(cost.usage().cpuNanos())
                    .setRunQueueNanos(cost.usage().runQueueNanos())
                    .setMinorFaults(cost.usage().minorFaults())
                    .build())
        .toList();
  }

  /// Wall time of a monotonic time. Topics carry microseconds; truncating here makes a record equal
  /// to what is read back.
  Instant instant(long monotonicNanos) {
    var epochNanos = monotonicNanos + epochOffsetNanos.getAsLong();
    return Instant.ofEpochSecond(
            Math.floorDiv(epochNanos, NANOS_PER_SECOND),
            Math.floorMod(epochNanos, NANOS_PER_SECOND))
        .truncatedTo(ChronoUnit.MICROS);
  }

  private @Nullable Instant instantOrNull(OptionalLong monotonicNanos) {
    return monotonicNanos.isPresent() ? instant(monotonicNanos.getAsLong()) : null;
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
  }
}
