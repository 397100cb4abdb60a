package io.halfsecond.collector.emit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Counts the records of one topic so that none goes missing: created = acknowledged + the sum of
/// dropped + in flight. Safe for use by several threads.
public final class TopicMeter {
  /// Why a record was given up.
  public enum Reason {
    /** The queue to Kafka was full: the brokers were away for longer than it lasts. */
    QUEUE_FULL("queue-full"),
    /** Kafka did not acknowledge it within the delivery timeout. */
    TIMEOUT("timeout"),
    /** Kafka refused it: no permission, too large, a fatal producer error. */
    REJECTED("rejected"),
    /** Still not acknowledged when the collector had to stop. */
    CLOSED("closed");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /// As in metrics: lower case with hyphens.
    public String label() {
      return label;
    }
  }

  private final LongAdder created = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final Map<Reason, LongAdder> dropped = new EnumMap<>(Reason.class);

  TopicMeter() {
    for (var reason : Reason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  void created() {
    created.increment();
  }

  void acknowledged() {
    acknowledged.increment();
  }

  void dropped(Reason reason) {
    adder(reason).increment();
  }

  public long createdCount() {
    return created.sum();
  }

  public long acknowledgedCount() {
    return acknowledged.sum();
  }

  public long droppedCount(Reason reason) {
    return adder(reason).sum();
  }

  /// Records whose fate is not decided yet.
  public long inFlight() {
    // Fates first: a record created between the two sums then counts as in flight, never as minus
    // one.
    long decided = acknowledged.sum() + dropped.values().stream().mapToLong(LongAdder::sum).sum();
    return created.sum() - decided;
  }

  private LongAdder adder(Reason reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }
}
