package io.halfsecond.streams.measurement;

import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.SessionCpu;
import io.halfsecond.schemas.Signal;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads the numbers off a record. Pure.
///
/// Wall times are taken less the time spent waiting for a CPU, so that a busy host does not look like a slow
/// sshd. What comes from logs alone has the coarser clock of the log and gets strata of its own (`/log`), so
/// that a host that loses its kernel source does not alert. An absent measurement gives no number.
public final class Measurements {
  private static final String ALL = "all";
  private static final String LOG_ONLY = "/log";
  /// Of measurements with the wait for a CPU still in them.
  private static final String WALL = "/wall";

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
    var all = stratum(ALL, timing.getEvidence());
    var byMethod = stratum(label(timing.getMethod()) + "/" + label(timing.getOutcome()),
      timing.getEvidence());
    var id = timing.getId();
    var at = timing.getDecidedAt();
    var found = new ArrayList<Measurement>(4);
    // Under overload the collector may come too late to sample the wait: such wall times are a population of their own.
    add(found, Signal.STARTUP, timing.getStartupRunQueueNanos().isPresent() ? all : all + WALL,
      running(timing.getStartupNanos(), timing.getStartupRunQueueNanos()), at, id);
    add(found, Signal.CPU_STARTUP, all, timing.getStartupCpuNanos(), at, id);
    if (timing.getOutcome() != Outcome.NO_PREAUTH) {
      add(found, Signal.PREAUTH, byMethod,
        running(timing.getPreauthNanos(), timing.getPreauthRunQueueNanos()), at, id);
      add(found, Signal.CPU_PREAUTH, byMethod, timing.getPreauthCpuNanos(), at, id);
    }
    return found;
  }

  private static List<Measurement> of(SessionCpu cpu) {
    // Without the total some process was missed, and the sum below would be too small by its share.
    if (cpu.getOutcome() != Outcome.ACCEPTED || cpu.getTotalCpuNanos().isEmpty()) {
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
    return List.of(new Measurement(Signal.CPU_SESSION, stratum(ALL, cpu.getEvidence()), nanos,
      cpu.getEndedAt(), cpu.getId()));
  }

  /// The run queue of preauth adds up two processes that may wait at once, so that it can exceed the wall time.
  private static Optional<Long> running(Optional<Long> wall, Optional<Long> runQueue) {
    return wall.map(nanos -> Math.max(0, nanos - runQueue.orElse(0L)));
  }

  private static void add(List<Measurement> to, Signal signal, String stratum, Optional<Long> nanos,
    Instant at,
    String id) {
    nanos.ifPresent(n -> to.add(new Measurement(signal, stratum, n, at, id)));
  }

  private static String stratum(String name, Evidence evidence) {
    return evidence == Evidence.LOG ? name + LOG_ONLY : name;
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

}
