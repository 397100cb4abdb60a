package io.halfsecond.collector.probe;

import io.halfsecond.schemas.ProbeOutcome;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The result of one probe.
///
/// @param phases the duration of each completed phase, in nanoseconds
/// @param detail an explanation, where the outcome needs one
/// @param server the server's identification string, for example `SSH-2.0-OpenSSH_9.2p1`
public record Probe(
    Map<ProbePhase, Long> phases, ProbeOutcome outcome, String detail, Optional<String> server) {

  public Probe {
    var ordered = new EnumMap<ProbePhase, Long>(ProbePhase.class);
    ordered.putAll(phases);
    phases = Collections.unmodifiableMap(ordered);
  }

  public OptionalLong nanos(ProbePhase phase) {
    var nanos = phases.get(phase);
    return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
  }
}
