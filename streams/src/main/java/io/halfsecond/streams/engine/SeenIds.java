package io.halfsecond.streams.engine;

import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;

/// The ids of records that were seen lately: collectors deliver at least once.
@FunctionalInterface
public interface SeenIds {
  /// Whether a record was seen before.
  enum Answer {
    NEW,
    DUPLICATE,
    /// Too old to be told from a duplicate.
    LATE
  }

  /// Notes the id of the record, if it has one. A record without an id is always new: reading it
  /// twice changes nothing.
  ///
  /// @param clock newest event time of the record's host
  Answer ask(Telemetry telemetry, Instant clock);
}
