package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.ProbeTiming;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.detector.Sample;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes the measurements from a record. Pure.
///
/// The time spent waiting for a CPU is subtracted from wall times, so that a busy host does not
/// count as a slow sshd, and the wait for the client from startup, so that a slow client does not.
/// What stays incomparable gets strata of its own, see [Strata]. A figure that is absent gives no
/// measurement.
public final class Measurements {
  private Measurements() {}

  /// Why the figures of a connection may not be used.
  public enum Unusable {
    /** Evidence was lost while it was open. */
    INCOMPLETE,
    /** It was the active probe's, or may have been: nobody's login. */
    PROBE
  }

  /// Why the record gives no measurements; empty if it may be measured.
  public static Optional<Unusable> unusable(Telemetry telemetry) {
    return switch (telemetry) {
      case Telemetry.Authentication(var timing) ->
          unusable(timing.getProbe(), timing.getComplete());
      case Telemetry.Session(var cpu) -> unusable(cpu.getProbe(), cpu.getComplete());
      case Telemetry.Probe _,
          Telemetry.SelfTest _,
          Telemetry.Inventory _,
          Telemetry.Heartbeat _,
          Telemetry.Tampering _ ->
          Optional.empty();
    };
  }

  private static Optional<Unusable> unusable(Optional<String> probe, boolean complete) {
    if (probe.isPresent()) {
      return Optional.of(Unusable.PROBE);
    }
    return complete ? Optional.empty() : Optional.of(Unusable.INCOMPLETE);
  }

  /// None if the record is [#unusable].
  public static Reading of(Telemetry telemetry) {
    if (unusable(telemetry).isPresent()) {
      return new Reading(telemetry, List.of());
    }
    return new Reading(
        telemetry,
        switch (telemetry) {
          case Telemetry.Authentication(var timing) -> of(timing);
          case Telemetry.Session(var cpu) -> of(cpu);
          case Telemetry.Probe(var timing) -> of(timing);
          case Telemetry.SelfTest _,
              Telemetry.Inventory _,
              Telemetry.Heartbeat _,
              Telemetry.Tampering _ ->
              List.of();
        });
  }

  private static List<Measurement> of(AuthTiming timing) {
    var connection =
        new Connection(
            timing.getId(),
            timing.getDecidedAt(),
            timing.getSourcePseudonym().map(Measurements::source).orElse(Sample.NO_SOURCE));
    if (timing.getEvidence() == Evidence.LOG) {
      return timing
          .getPreauthNanos()
          .map(
              nanos ->
                  connection.measured(
                      Signal.PREAUTH,
                      Strata.log(Strata.of(timing.getMethod(), timing.getOutcome())),
                      nanos,
                      Sample.NOT_KNOWN))
          .map(List::of)
          .orElse(List.of());
    }
    var found = new ArrayList<Measurement>(5);
    double waiting = waiting(timing.getStartupRunQueueNanos(), timing.getStartupCpuNanos());
    running(sshdsOwn(timing), timing.getStartupRunQueueNanos())
        .ifPresent(
            nanos ->
                found.add(
                    connection.measured(
                        Signal.STARTUP, Strata.kernel(Strata.ALL, waiting, true), nanos, waiting)));
    timing
        .getStartupCpuNanos()
        .ifPresent(
            nanos ->
                found.add(
                    connection.measured(
                        Signal.CPU_STARTUP,
                        Strata.kernel(Strata.ALL, waiting, false),
                        nanos,
                        waiting)));
    timing
        .getStartupMinorFaults()
        .ifPresent(
            faults -> found.add(connection.measured(Signal.FAULTS, Strata.ALL, faults, waiting)));
    if (timing.getOutcome() != Outcome.NO_PREAUTH) {
      addPreauth(found, timing, connection);
    }
    return found;
  }

  private static void addPreauth(
      List<Measurement> found, AuthTiming timing, Connection connection) {
    var stratum = Strata.of(timing.getMethod(), timing.getOutcome());
    double waiting = waiting(timing.getPreauthRunQueueNanos(), timing.getPreauthCpuNanos());
    running(timing.getPreauthNanos(), timing.getPreauthRunQueueNanos())
        .ifPresent(
            nanos ->
                found.add(
                    connection.measured(
                        Signal.PREAUTH, Strata.kernel(stratum, waiting, true), nanos, waiting)));
    timing
        .getPreauthCpuNanos()
        .ifPresent(
            nanos ->
                found.add(
                    connection.measured(
                        Signal.CPU_PREAUTH,
                        Strata.kernel(stratum, waiting, false),
                        nanos,
                        waiting)));
  }

  private static List<Measurement> of(SessionCpu cpu) {
    // Without the total, a process was missed, and the sum below would lack its share.
    if (cpu.getOutcome() != Outcome.ACCEPTED
        || cpu.getTotalCpuNanos().isEmpty()
        || cpu.getEvidence() == Evidence.LOG) {
      return List.of();
    }
    var parts =
        cpu.getCpu().stream()
            .filter(part -> part.getPhase() == Phase.SESSION)
            .filter(part -> part.getRole() == Role.MONITOR || part.getRole() == Role.USER)
            .toList();
    if (parts.isEmpty()) {
      return List.of();
    }
    long nanos = parts.stream().mapToLong(part -> part.getCpuNanos()).sum();
    long runQueue = parts.stream().mapToLong(part -> part.getRunQueueNanos()).sum();
    double waiting = waiting(Optional.of(runQueue), Optional.of(nanos));
    return List.of(
        new Connection(cpu.getId(), cpu.getEndedAt(), Sample.NO_SOURCE)
            .measured(
                Signal.CPU_SESSION, Strata.kernel(Strata.ALL, waiting, false), nanos, waiting));
  }

  /// A phase that was not completed is null, whatever the outcome. The gap between the two views of
  /// startup is valid only for a round that was refused as expected: another round may have used a
  /// connection that sshd had not begun to serve.
  private static List<Measurement> of(ProbeTiming timing) {
    var round = new Connection(timing.getId(), timing.getAt(), Sample.NO_SOURCE);
    double waiting = waiting(timing.getStartupRunQueueNanos(), timing.getStartupCpuNanos());
    var stratum = Strata.kernel(Strata.ALL, waiting, true);
    // From OpenSSH 10.3 on, the start of sshd-auth delays the banner and no longer the key
    // exchange.
    var ofGreeter =
        timing.getGreeter() == Role.PREAUTH
            ? Strata.kernel(Strata.SSHD_AUTH, waiting, true)
            : stratum;
    var found = new ArrayList<Measurement>(4);
    // In a round that broke off, the minimum is over fewer connections, and so larger.
    timing
        .getBannerNanos()
        .filter(_ -> timing.getOutcome() == ProbeOutcome.REFUSED)
        .ifPresent(
            nanos -> found.add(round.measured(Signal.PROBE_BANNER, ofGreeter, nanos, waiting)));
    timing
        .getKexNanos()
        .ifPresent(nanos -> found.add(round.measured(Signal.PROBE_KEX, ofGreeter, nanos, waiting)));
    timing
        .getAuthNanos()
        .ifPresent(nanos -> found.add(round.measured(Signal.PROBE_AUTH, stratum, nanos, waiting)));
    if (timing.getOutcome() == ProbeOutcome.REFUSED) {
      gap(timing)
          .ifPresent(nanos -> found.add(round.measured(Signal.PROBE_GAP, stratum, nanos, waiting)));
    }
    return found;
  }

  private static Optional<Long> gap(ProbeTiming timing) {
    return timing
        .getStartupNanos()
        .flatMap(client -> timing.getKernelStartupNanos().map(kernel -> Math.abs(client - kernel)));
  }

  /// Startup without the wait for the client. Where that wait is not known, startup cannot be
  /// compared: a client that sends its identification two seconds late would look like a slow sshd.
  private static Optional<Long> sshdsOwn(AuthTiming timing) {
    return timing
        .getStartupNanos()
        .flatMap(wall -> timing.getClientWaitNanos().map(wait -> Math.max(0, wall - wait)));
  }

  /// The connection, or round of the active probe, that is measured.
  private record Connection(String id, Instant at, int source) {
    private Measurement measured(Signal signal, String stratum, long value, double waiting) {
      return new Measurement(signal, stratum, value, at, id, source, waiting);
    }
  }

  /// The run-queue delay of preauth is the sum over two processes that may wait at the same time,
  /// so it can exceed the wall time.
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

  /// Equal pseudonyms have equal numbers. Two different ones have the same number once in four
  /// billion cases.
  private static int source(String pseudonym) {
    int number = pseudonym.hashCode();
    return number == Sample.NO_SOURCE ? 1 : number;
  }
}
