package io.halfsecond.streams.engine;

import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;
import java.time.Instant;

/// The ids of recent records. Collectors deliver at least once, so a record may come again.
@FunctionalInterface
public interface SeenIds {
  /// Whether a record was seen before.
  enum Answer {
    NEW,
    DUPLICATE,
    /// The record is too old to exclude that it is a duplicate.
    LATE
  }

  /// Remembers the id of the record. A record without an id is new; [HostState] knows whether it
  /// came before.
  ///
  /// @param clock the newest event time of the host
  Answer ask(Telemetry telemetry, Instant clock);
}
