package io.halfsecond.streams.detector;

/// A step in the life of an alert: opened, then any number of updates, then resolved. After that the same key can
/// open another one.
public sealed interface AlertStep {
  AlertFacts facts();

  /// The evidence passed the limit.
  record Opened(AlertFacts facts) implements AlertStep {}

  /// The connections since the onset have doubled since the last step, or there are new ones and the last step is an
  /// hour old.
  record Updated(AlertFacts facts) implements AlertStep {}

  /// The signal is back where it was before the onset.
  record Resolved(AlertFacts facts) implements AlertStep {}
}
