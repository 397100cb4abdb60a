package io.halfsecond.streams.replay;

import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Tier;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What became of the records that a [Replay] took: read = used + the sum of skipped.
///
/// @param records that were given, a count
/// @param skipped of them, by reason
/// @param measurements that were judged, by signal
/// @param decisions on alerts that were carried out, a count
/// @param hosts that they are from, a count
/// @param first event time of those that can be true; empty if there are none
/// @param last likewise
/// @param alerts that opened, by tier and by the state in which each ended or still is
public record ReplaySummary(
    long records,
    Map<Skipped, Long> skipped,
    Map<Signal, Long> measurements,
    long decisions,
    int hosts,
    Optional<Instant> first,
    Optional<Instant> last,
    Map<Tier, Map<AlertState, Long>> alerts) {

  /// Why a record was not measured.
  public enum Skipped {
    /** It cannot be true. */
    INSANE,
    /** What it tells was told before. */
    DUPLICATE,
    /**
     * It is more than a day older than another of its host, and so cannot be told from a duplicate.
     */
    LATE,
    /** Evidence was lost while its connection was open. */
    INCOMPLETE,
    /** Its connection was the active probe's, or may have been. */
    PROBE,
    /** A decision about an alert that is not open, or was not accepted last. */
    POINTLESS
  }

  public ReplaySummary {
    skipped = Map.copyOf(skipped);
    measurements = Map.copyOf(measurements);
    alerts = Map.copyOf(alerts);
  }

  /// Alerts that opened, a count.
  public long opened() {
    return alerts.values().stream()
        .flatMap(states -> states.values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}
