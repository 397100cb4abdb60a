package io.halfsecond.streams.engine;

import io.halfsecond.streams.telemetry.HostState;
import io.halfsecond.streams.telemetry.Telemetry;

/// The ids of recent records. Collectors deliver at least once, so a record may come again.
@FunctionalInterface
public interface SeenIds {
  /// Whether the id of the record was seen before. It is remembered.
  ///
  /// @param telemetry with an id
  /// @param state of its host, which has accepted it
  boolean contain(Telemetry telemetry, HostState state);

  /// Keeps the last ids of each host in its state. An older one has a run and a number that the
  /// state knows, unless the record was made again from a log long after it was made first.
  static boolean inState(Telemetry telemetry, HostState state) {
    return state.hasSeen(telemetry);
  }
}
