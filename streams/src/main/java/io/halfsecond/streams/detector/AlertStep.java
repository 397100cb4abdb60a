package io.halfsecond.streams.detector;

/// A step in the life of an alert. The first is [Opened]. The last is [Resolved], [Transient], or
/// [Acknowledged] if the change was accepted. After that, the key can open another alert.
public sealed interface AlertStep {
  AlertFacts facts();

  /// The evidence has reached the limit.
  record Opened(AlertFacts facts) implements AlertStep {}

  /// Three blocks with connections of several sources show the shift, or ten of one source.
  record Confirmed(AlertFacts facts) implements AlertStep {}

  /// The number of connections since the onset has doubled since the last step, or there are new
  /// ones and the last step is an hour old, or the alert was raised to [Tier#STEP].
  record Updated(AlertFacts facts) implements AlertStep {}

  /// The signal has returned to where it was before the onset.
  record Resolved(AlertFacts facts) implements AlertStep {}

  /// The signal has returned within a quarter of an hour of the onset.
  record Transient(AlertFacts facts) implements AlertStep {}

  /// The change was accepted, or the alert dismissed.
  record Acknowledged(AlertFacts facts) implements AlertStep {}
}
