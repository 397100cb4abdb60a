package io.halfsecond.collector.emit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Counts the records of one topic: created = acknowledged + the sum of dropped + in flight. Safe
/// for use by several threads.
public final class TopicMeter {
  /// Why a record was dropped.
  public enum DropReason {
    /** The queue was full: the sink was busy for longer than the queue lasts. */
    QUEUE_FULL("queue-full"),
    /** It was not acknowledged within the delivery timeout. */
    TIMEOUT("timeout"),
    /** It was refused: no permission, too large, no such topic, a fatal error. */
    REJECTED("rejected"),
    /** It was not acknowledged when the collector stopped. */
    CLOSED("closed");

    private final String label;

    DropReason(String label) {
      this.label = label;
    }

    /// As in metrics: lower case with hyphens.
    public String label() {
      return label;
    }
  }

  private final LongAdder created = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

  TopicMeter() {
    for (var reason : DropReason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  void created() {
    created.increment();
  }

  void acknowledged() {
    acknowledged.increment();
  }

  void dropped(DropReason reason) {
    adder(reason).increment();
  }

  public long createdCount() {
    return created.sum();
  }

  public long acknowledgedCount() {
    return acknowledged.sum();
  }

  public long droppedCount(DropReason reason) {
    return adder(reason).sum();
  }

  /// Records that are neither acknowledged nor dropped yet.
  public long inFlight() {
    // Decided records are summed first: a record that is created between the two sums then counts
    // as
    // in flight, never as minus one.
    long decided = acknowledged.sum() + dropped.values().stream().mapToLong(LongAdder::sum).sum();
    return created.sum() - decided;
  }

  private LongAdder adder(DropReason reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }
}
