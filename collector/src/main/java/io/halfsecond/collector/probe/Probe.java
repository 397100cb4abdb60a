package io.halfsecond.collector.probe;

import io.halfsecond.schemas.ProbeOutcome;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What one probe saw.
///
/// @param phases duration of each phase that was completed, in nanoseconds; a phase that was not
///   has none, however long it was waited for
/// @param detail for a person, where the outcome does not say it all
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
