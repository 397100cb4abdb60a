package io.halfsecond.streams.engine;

import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;

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

  /// Remembers the id of the record, if it has one.
  ///
  /// @param state of its host, which has accepted it
  Answer ask(Telemetry telemetry, HostState state);

  /// Keeps the last ids of each host in its state. An older one has a run and a number that the
  /// state knows, unless the record was made again from a log long after it was made first.
  static Answer inState(Telemetry telemetry, HostState state) {
    if (telemetry.at().isBefore(state.clock().minus(Telemetry.Id.REMEMBERED))) {
      return Answer.LATE;
    }
    return state.hasSeen(telemetry) ? Answer.DUPLICATE : Answer.NEW;
  }
}
