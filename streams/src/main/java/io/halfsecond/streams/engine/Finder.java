package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import java.util.List;

/// Finds one kind of finding, and opens and ends the alerts about it.
///
/// Implementations read no clock and know no Kafka: the output follows from the order of the input
/// and the state of their stores.
///
/// @param <I> its input
public interface Finder<I> {
  /// @param nowMillis wall clock, to detect silence
  List<Output> take(I input, long nowMillis);

  /// Called every few seconds of wall clock, for what follows from silence.
  default List<Output> tick(long nowMillis) {
    return List.of();
  }

  /// Whether alerts with this subject belong to this finder.
  boolean owns(String subject);

  /// Applies a decision about an alert of this finder.
  ///
  /// @return empty if the decision applies to no alert
  List<Output> decide(AlertControl control);

  /// Forgets what it keeps of a host that has retired, except for its alerts.
  default void forget(String host) {}
}
