package io.halfsecond.collector.emit;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionEnded;
import io.halfsecond.collector.assembly.Result.Cost;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.PhaseCpu;
import io.halfsecond.schemas.SessionCpu;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Writes results as Avro records, all but the sequence number.
@SuppressWarnings("NullAway") // Avro's generated setters take null for an absent value and are not annotated so
public final class RecordMapper {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Origin origin;
  private final Pseudonyms pseudonyms;
  private final LongSupplier epochOffsetNanos;

  /// @param epochOffsetNanos what to add to `CLOCK_MONOTONIC` to get nanoseconds since the epoch, now
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
      .setId(origin.idOf(decided.key())).setHost(origin.host()).setCollector(origin.collector())
      .setSequence(sequence)
      .setConnectedAt(instant(decided.key().bornNanos())).setDecidedAt(instant(decided.decidedAtNanos()))
      .setMonitorPid(decided.key().monitorPid()).setExecutable(decided.executable())
      .setOutcome(login.outcome()).setMethod(login.method()).setUserClass(login.userClass())
      .setUserPseudonym(login.user().flatMap(pseudonyms::of).orElse(null))
      .setSourcePseudonym(login.address().flatMap(pseudonyms::of).orElse(null))
      .setStartupNanos(orNull(startup.wallNanos())).setStartupRunQueueNanos(orNull(startup.runQueueNanos()))
      .setStartupCpuNanos(orNull(startup.cpuNanos())).setStartupMinorFaults(orNull(startup.minorFaults()))
      .setPreauthNanos(orNull(preauth.wallNanos())).setPreauthRunQueueNanos(orNull(preauth.runQueueNanos()))
      .setPreauthCpuNanos(orNull(preauth.cpuNanos())).setPreauthMinorFaults(orNull(preauth.minorFaults()))
      .setEvidence(decided.evidence()).setComplete(decided.complete()).setCohort(origin.cohort())
      .build();
  }

  /// @param sequence position among all records of this collector run
  public SessionCpu sessionCpu(ConnectionEnded ended, long sequence) {
    var login = ended.login();
    return SessionCpu.newBuilder()
      .setId(origin.idOf(ended.key())).setHost(origin.host()).setCollector(origin.collector())
      .setSequence(sequence)
      .setConnectedAt(instant(ended.key().bornNanos())).setEndedAt(instant(ended.endedAtNanos()))
      .setMonitorPid(ended.key().monitorPid()).setExecutable(ended.executable())
      .setOutcome(login.outcome()).setMethod(login.method()).setUserClass(login.userClass())
      .setWallNanos(ended.endedAtNanos() - ended.key().bornNanos())
      .setSessionNanos(orNull(ended.sessionNanos()))
      .setCpu(costs(ended.cpu())).setTotalCpuNanos(orNull(ended.totalCpuNanos()))
      .setSessions(ended.sessions()).setEvidence(ended.evidence()).setComplete(ended.complete())
      .setLostEvents(ended.lostEvents()).setCohort(origin.cohort())
      .build();
  }

  private static List<PhaseCpu> costs(List<Cost> costs) {
    return costs.stream()
      .map(cost -> PhaseCpu.newBuilder().setRole(cost.role()).setPhase(cost.phase())
        .setCpuNanos(cost.usage().cpuNanos()).setRunQueueNanos(cost.usage().runQueueNanos())
        .setMinorFaults(cost.usage().minorFaults()).build())
      .toList();
  }

  /// The topics carry microseconds; cutting here makes a record equal to what is read back.
  private Instant instant(long monotonicNanos) {
    var epochNanos = monotonicNanos + epochOffsetNanos.getAsLong();
    return Instant.ofEpochSecond(Math.floorDiv(epochNanos, NANOS_PER_SECOND),
      Math.floorMod(epochNanos, NANOS_PER_SECOND)).truncatedTo(ChronoUnit.MICROS);
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
  }
}
