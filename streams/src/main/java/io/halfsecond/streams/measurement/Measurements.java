package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the numbers off a record. Pure.
///
/// Wall times are taken less the time spent waiting for a CPU, so that a busy host does not look like a slow
/// sshd. What stays incomparable all the same gets strata of its own, see [Strata]. An absent measurement gives no number.
public final class Measurements {
  private Measurements() {}

  /// Whether the figures may be used: false if evidence was lost while the connection was open.
  public static boolean usable(Telemetry telemetry) {
    return switch (telemetry) {
      case Telemetry.Authentication(var timing) -> timing.getComplete();
      case Telemetry.Session(var cpu) -> cpu.getComplete();
      case Telemetry.Heartbeat _ -> true;
    };
  }

  /// Assumes [#usable].
  public static Reading of(Telemetry telemetry) {
    return new Reading(telemetry.at(), switch (telemetry) {
      case Telemetry.Authentication(var timing) -> of(timing);
      case Telemetry.Session(var cpu) -> of(cpu);
      case Telemetry.Heartbeat _ -> List.of();
    });
  }

  private static List<Measurement> of(AuthTiming timing) {
    var connection = new Connection(timing.getId(), timing.getDecidedAt(),
      timing.getSourcePseudonym().map(Measurements::source).orElse(Sample.NO_SOURCE));
    if (timing.getEvidence() == Evidence.LOG) {
      return timing.getPreauthNanos()
        .map(nanos -> connection.measured(Signal.PREAUTH,
          Strata.log(Strata.of(timing.getMethod(), timing.getOutcome())), nanos, Sample.NOT_KNOWN))
        .map(List::of).orElse(List.of());
    }
    var found = new ArrayList<Measurement>(5);
    double waiting = waiting(timing.getStartupRunQueueNanos(), timing.getStartupCpuNanos());
    running(timing.getStartupNanos(), timing.getStartupRunQueueNanos()).ifPresent(nanos -> found.add(
      connection.measured(Signal.STARTUP, Strata.kernel(Strata.ALL, waiting, true), nanos, waiting)));
    timing.getStartupCpuNanos().ifPresent(nanos -> found.add(
      connection.measured(Signal.CPU_STARTUP, Strata.kernel(Strata.ALL, waiting, false), nanos, waiting)));
    timing.getStartupMinorFaults().ifPresent(faults -> found.add(
      connection.measured(Signal.FAULTS, Strata.ALL, faults, waiting)));
    if (timing.getOutcome() != Outcome.NO_PREAUTH) {
      addPreauth(found, timing, connection);
    }
    return found;
  }

  private static void addPreauth(List<Measurement> found, AuthTiming timing, Connection connection) {
    var stratum = Strata.of(timing.getMethod(), timing.getOutcome());
    double waiting = waiting(timing.getPreauthRunQueueNanos(), timing.getPreauthCpuNanos());
    running(timing.getPreauthNanos(), timing.getPreauthRunQueueNanos()).ifPresent(nanos -> found.add(
      connection.measured(Signal.PREAUTH, Strata.kernel(stratum, waiting, true), nanos, waiting)));
    timing.getPreauthCpuNanos().ifPresent(nanos -> found.add(
      connection.measured(Signal.CPU_PREAUTH, Strata.kernel(stratum, waiting, false), nanos, waiting)));
  }

  private static List<Measurement> of(SessionCpu cpu) {
    // Without the total some process was missed, and the sum below would be too small by its share.
    if (cpu.getOutcome() != Outcome.ACCEPTED || cpu.getTotalCpuNanos().isEmpty()
      || cpu.getEvidence() == Evidence.LOG) {
      return List.of();
    }
    var parts = cpu.getCpu().stream()
      .filter(part -> part.getPhase() == Phase.SESSION)
      .filter(part -> part.getRole() == Role.MONITOR || part.getRole() == Role.USER)
      .toList();
    if (parts.isEmpty()) {
      return List.of();
    }
    long nanos = parts.stream().mapToLong(part -> part.getCpuNanos()).sum();
    long runQueue = parts.stream().mapToLong(part -> part.getRunQueueNanos()).sum();
    double waiting = waiting(Optional.of(runQueue), Optional.of(nanos));
    return List.of(new Connection(cpu.getId(), cpu.getEndedAt(), Sample.NO_SOURCE)
      .measured(Signal.CPU_SESSION, Strata.kernel(Strata.ALL, waiting, false), nanos, waiting));
  }

  private record Connection(String id, Instant at, int source) {
    private Measurement measured(Signal signal, String stratum, long value, double waiting) {
      return new Measurement(signal, stratum, value, at, id, source, waiting);
    }
  }

  /// The run queue of preauth adds up two processes that may wait at once, so that it can exceed the wall time.
  private static Optional<Long> running(Optional<Long> wall, Optional<Long> runQueue) {
    return wall.map(nanos -> Math.max(0, nanos - runQueue.orElse(0L)));
  }

  private static double waiting(Optional<Long> runQueue, Optional<Long> cpu) {
    if (runQueue.isEmpty() || cpu.isEmpty()) {
      return Sample.NOT_KNOWN;
    }
    double runnable = (double) runQueue.get() + cpu.get();
    return runnable == 0 ? 0 : runQueue.get() / runnable;
  }

  /// Equal numbers for equal pseudonyms; two different ones share a number once in four billion times.
  private static int source(String pseudonym) {
    int number = pseudonym.hashCode();
    return number == Sample.NO_SOURCE ? 1 : number;
  }
}
