package io.halfsecond.streams.engine;

import io.halfsecond.schemas.AlertControl;
import java.util.List;

/// Finds one kind of finding in what it is given, and opens and ends alerts about it.
///
/// Implementations read no clock and know no Kafka: the output follows from the order of the input
/// and the state of their stores.
///
/// @param <I> what it takes
public interface Finder<I> {
  /// @param nowMillis wall clock, to notice silence
  List<Output> take(I input, long nowMillis);

  /// Called every few seconds of wall clock.
  List<Output> tick(long nowMillis);

  /// Whether alerts with this subject are its own.
  boolean owns(String subject);

  /// Applies a decision about an alert that it owns.
  ///
  /// @return empty if there is no alert that the decision can be about
  List<Output> decide(AlertControl control);
}
