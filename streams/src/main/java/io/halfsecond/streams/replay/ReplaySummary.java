package io.halfsecond.streams.replay;

import io.halfsecond.schemas.AlertState;
import io.halfsecond.schemas.Tier;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The account of a [Replay]: records = used + the sum of skipped.
///
/// @param records number of records read
/// @param skipped how many of them were skipped, by reason
/// @param firstInsane what cannot be true in the first record that was skipped for it
/// @param measurements number of measurements judged, by label of the signal
/// @param decisions number of decisions applied
/// @param hosts number of hosts
/// @param first event time of the first valid record; empty if there is none
/// @param last event time of the last valid record; empty if there is none
/// @param alerts number of alerts opened, by tier and by last state
public record ReplaySummary(
    long records,
    Map<Skipped, Long> skipped,
    Optional<String> firstInsane,
    Map<String, Long> measurements,
    long decisions,
    int hosts,
    Optional<Instant> first,
    Optional<Instant> last,
    Map<Tier, Map<AlertState, Long>> alerts) {

  /// Why a record was not measured.
  public enum Skipped {
    /** It cannot be true. */
    INSANE,
    /** The record was read before. */
    DUPLICATE,
    /**
     * It is more than a day older than another record of its host, so it cannot be distinguished
     * from a duplicate.
     */
    LATE,
    /** Evidence was lost while its connection was open. */
    INCOMPLETE,
    /** Its connection belongs, or may belong, to the active probe. */
    PROBE,
    /** A decision about an alert that is not open, or that was not accepted last. */
    WITHOUT_EFFECT
  }

  public ReplaySummary {
    skipped = Map.copyOf(skipped);
    measurements = Map.copyOf(measurements);
    alerts = Map.copyOf(alerts);
  }

  /// The number of alerts that opened.
  public long opened() {
    return alerts.values().stream()
        .flatMap(states -> states.values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}
