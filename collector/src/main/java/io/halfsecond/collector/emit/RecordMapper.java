package io.halfsecond.collector.emit;

import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionEnded;
import io.halfsecond.collector.assembly.Result.PhaseUsage;
import io.halfsecond.collector.assembly.Result.Probed;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.tamper.Finding;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Bounds;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.SelfTestComparison;
import io.halfsecond.schemas.SelfTestEnvironment;
import io.halfsecond.schemas.SelfTestReport;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.schemas.TamperEvidence;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
  private final ExpectedNetworks networks;
  private final LongSupplier epochOffsetNanos;
  private final Bounded bounded = new Bounded();

  /// @param epochOffsetNanos added to `CLOCK_MONOTONIC` it gives nanoseconds since the epoch
  public RecordMapper(
      Origin origin,
      Pseudonyms pseudonyms,
      ExpectedNetworks networks,
      LongSupplier epochOffsetNanos) {
    this.origin = origin;
    this.pseudonyms = pseudonyms;
    this.networks = networks;
    this.epochOffsetNanos = epochOffsetNanos;
  }

  /// @param sequence position among all records of this collector run
  public AuthTiming authTiming(AuthenticationDecided decided, long sequence) {
    var login = decided.login();
    var startup = decided.startup();
    var preauth = decided.preauth();
    var times = times();
    var connectedAt = times.of(decided.key().bornNanos());
    return AuthTiming.newBuilder()
        .setId(origin.idOf(decided.key()))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setConnectedAt(connectedAt)
        .setDecidedAt(
            bounded.notBefore("decidedAt", connectedAt, times.of(decided.decidedAtNanos())))
        .setMonitorPid(decided.key().monitorPid())
        .setExecutable(bounded.text("executable", decided.executable()))
        .setOutcome(login.outcome())
        .setMethod(login.method())
        .setUserClass(login.userClass())
        .setUserPseudonym(login.user().flatMap(pseudonyms::of).orElse(null))
        .setSourcePseudonym(login.address().flatMap(pseudonyms::of).orElse(null))
        .setStartupNanos(bounded.nanos("startupNanos", startup.wallNanos()))
        .setStartupRunQueueNanos(bounded.nanos("startupRunQueueNanos", startup.runQueueNanos()))
        .setStartupCpuNanos(bounded.nanos("startupCpuNanos", startup.cpuNanos()))
        .setStartupMinorFaults(bounded.count("startupMinorFaults", startup.minorFaults()))
        .setClientWaitNanos(bounded.nanos("clientWaitNanos", decided.clientWaitNanos()))
        .setPreauthNanos(bounded.nanos("preauthNanos", preauth.wallNanos()))
        .setPreauthRunQueueNanos(bounded.nanos("preauthRunQueueNanos", preauth.runQueueNanos()))
        .setPreauthCpuNanos(bounded.nanos("preauthCpuNanos", preauth.cpuNanos()))
        .setPreauthMinorFaults(bounded.count("preauthMinorFaults", preauth.minorFaults()))
        .setEvidence(decided.evidence())
        .setComplete(decided.complete())
        .setCohort(origin.cohort())
        .setProbe(probe(decided.probe()))
        .setSeenSince(times.ofNullable(decided.seenSinceNanos()))
        .setSourceNetwork(login.address().map(networks::of).orElse(SourceNetwork.UNKNOWN))
        .build();
  }

  /// @param sequence position among all records of this collector run
  public SessionCpu sessionCpu(ConnectionEnded ended, long sequence) {
    var login = ended.login();
    var times = times();
    var connectedAt = times.of(ended.key().bornNanos());
    return SessionCpu.newBuilder()
        .setId(origin.idOf(ended.key()))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setConnectedAt(connectedAt)
        .setEndedAt(bounded.notBefore("endedAt", connectedAt, times.of(ended.endedAtNanos())))
        .setMonitorPid(ended.key().monitorPid())
        .setExecutable(bounded.text("executable", ended.executable()))
        .setOutcome(login.outcome())
        .setMethod(login.method())
        .setUserClass(login.userClass())
        .setWallNanos(bounded.atLeast0("wallNanos", ended.endedAtNanos() - ended.key().bornNanos()))
        .setSessionNanos(bounded.count("sessionNanos", ended.sessionNanos()))
        .setCpu(costs(ended.cpu()))
        .setTotalCpuNanos(bounded.nanos("totalCpuNanos", ended.totalCpuNanos()))
        .setSessions(ended.sessions())
        .setEvidence(ended.evidence())
        .setComplete(ended.complete())
        .setLostEvents(bounded.atLeast0("lostEvents", ended.lostEvents()))
        .setCohort(origin.cohort())
        .setProbe(probe(ended.probe()))
        .setSeenSince(times.ofNullable(ended.seenSinceNanos()))
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
        .setTarget(bounded.text("target", seen.target()))
        .setServer(bounded.text("server", seen.server()))
        .setOutcome(seen.outcome())
        .setDetail(bounded.text("detail", seen.detail()))
        .setBanners((int) bounded.atLeast0("banners", seen.banners()))
        .setConnectNanos(bounded.nanos("connectNanos", seen.connectNanos()))
        .setBannerNanos(bounded.nanos("bannerNanos", seen.bannerNanos()))
        .setKexNanos(bounded.nanos("kexNanos", seen.kexNanos()))
        .setAuthNanos(bounded.nanos("authNanos", seen.authNanos()))
        .setStartupNanos(bounded.nanos("startupNanos", seen.startupNanos()))
        .setGreeter(probed.greeter())
        .setKernelStartupNanos(bounded.nanos("kernelStartupNanos", probed.greetedNanos()))
        .setStartupRunQueueNanos(bounded.nanos("startupRunQueueNanos", kernel.runQueueNanos()))
        .setStartupCpuNanos(bounded.nanos("startupCpuNanos", kernel.cpuNanos()))
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
        .setComparisons(
            bounded
                .atMost(
                    "comparisons",
                    Bounds.COMPARISONS,
                    results.stream().filter(result -> result.runs() > 0).toList())
                .stream()
                .map(this::comparison)
                .toList())
        .setCohort(origin.cohort())
        .build();
  }

  private SelfTestComparison comparison(SelfTestResult result) {
    var wall = result.comparison(Measure.WALL);
    var cpu = result.comparison(Measure.CPU);
    return SelfTestComparison.newBuilder()
        .setCommand(bounded.command(result.trial().toString()))
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
        .setServiceWallNanos(bounded.nanos("serviceWallNanos", wall.usual()))
        .setOtherWallNanos(bounded.nanos("otherWallNanos", wall.other()))
        .setServiceCpuNanos(bounded.nanos("serviceCpuNanos", cpu.usual()))
        .setOtherCpuNanos(bounded.nanos("otherCpuNanos", cpu.other()))
        .setWallPValue(bounded.probability("wallPValue", wall.pValue()))
        .setCpuPValue(bounded.probability("cpuPValue", cpu.pValue()))
        .build();
  }

  /// @param at when it was found
  /// @param sequence position among all records of this collector run
  TamperEvidence evidence(Finding finding, Instant at, long sequence) {
    var facts = bounded.facts(finding.facts());
    return TamperEvidence.newBuilder()
        .setId(origin.idOfEvidence(sequence))
        .setHost(origin.host())
        .setCollector(origin.collector())
        .setSequence(sequence)
        .setAt(at.truncatedTo(ChronoUnit.MICROS))
        .setRule(finding.rule())
        .setAbout(bounded.text("about", finding.about()))
        .setTier(finding.tier())
        .setFacts(facts)
        // What was left out is not over.
        .setComplete(finding.complete() && facts.size() == finding.facts().size())
        .setCohort(origin.cohort())
        .build();
  }

  /// The id of the probe round that a connection belongs to.
  private @Nullable String probe(Optional<Result.ProbeTag> tag) {
    return tag.map(Result.ProbeTag::round).map(origin::idOfProbe).orElse(null);
  }

  /// A part whose figures cannot be true is left out, like one that could not be measured.
  private List<PhaseCpu> costs(List<PhaseUsage> costs) {
    var parts = new ArrayList<PhaseCpu>();
    for (var cost : costs) {
      var usage = cost.usage();
      var cpu = bounded.nanos("cpuNanos", OptionalLong.of(usage.cpuNanos()));
      var runQueue = bounded.nanos("runQueueNanos", OptionalLong.of(usage.runQueueNanos()));
      if (cpu != null && runQueue != null) {
        parts.add(
            PhaseCpu.newBuilder()
                .setRole(cost.role())
                .setPhase(cost.phase())
                .setCpuNanos(cpu)
                .setRunQueueNanos(runQueue)
                .setMinorFaults(bounded.count("minorFaults", OptionalLong.of(usage.minorFaults())))
                .build());
      }
    }
    return parts;
  }

  /// Wall time of a monotonic time.
  Instant instant(long monotonicNanos) {
    return times().of(monotonicNanos);
  }

  private Times times() {
    return new Times(epochOffsetNanos.getAsLong());
  }

  /// The clock of one record: it may be set between two of its times, and their order stays.
  private record Times(long offsetNanos) {
    /// Topics carry microseconds; truncating here makes a record equal to what is read back.
    Instant of(long monotonicNanos) {
      var epochNanos = monotonicNanos + offsetNanos;
      return Instant.ofEpochSecond(
              Math.floorDiv(epochNanos, NANOS_PER_SECOND),
              Math.floorMod(epochNanos, NANOS_PER_SECOND))
          .truncatedTo(ChronoUnit.MICROS);
    }

    @Nullable Instant ofNullable(OptionalLong monotonicNanos) {
      return monotonicNanos.isPresent() ? of(monotonicNanos.getAsLong()) : null;
    }
  }
}
