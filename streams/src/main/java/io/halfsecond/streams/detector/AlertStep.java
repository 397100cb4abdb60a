package io.halfsecond.streams.detector;

/// A step in the life of an alert. It begins with [Opened] and ends with [Resolved], [Transient] or
/// an [Acknowledged] by which a person has accepted the change. After that the same key can open
/// another one.
public sealed interface AlertStep {
  AlertFacts facts();

  /// The evidence passed the limit.
  record Opened(AlertFacts facts) implements AlertStep {}

  /// Three blocks have voted for it, and connections from more than one place show it.
  record Confirmed(AlertFacts facts) implements AlertStep {}

  /// The connections since the onset have doubled since the last step, or there are new ones and
  /// the last step is an hour old, or the alert has become one of [Tier#STEP].
  record Updated(AlertFacts facts) implements AlertStep {}

  /// The signal is back where it was before the onset.
  record Resolved(AlertFacts facts) implements AlertStep {}

  /// The signal is back, and all was over within a quarter of an hour.
  record Transient(AlertFacts facts) implements AlertStep {}

  /// A person has accepted the change, or dismissed the alert.
  record Acknowledged(AlertFacts facts) implements AlertStep {}
}
