package io.halfsecond.collector.emit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Counts the records of one topic: created = acknowledged + spooled + the sum of dropped + in
/// flight. Records that earlier runs left in the spool count as created when they are found. Safe
/// for use by several threads.
public final class TopicMeter {
  /// Why a record was dropped.
  public enum DropReason {
    /** There was no room in memory, and the spool could not be written. */
    QUEUE_FULL("queue-full"),
    /** The spool was full: the oldest records made room for new ones. */
    SPOOL_FULL("spool-full"),
    /** It had waited longer than the spool keeps records. */
    SPOOL_EXPIRED("spool-expired"),
    /** It was in the spool and can no longer be read. */
    SPOOL_CORRUPT("spool-corrupt"),
    /** It can never be delivered: it is too large, or its time is not accepted. */
    REJECTED("rejected"),
    /** It was neither acknowledged nor in the spool when the collector stopped. */
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
  private final AtomicLong spooled = new AtomicLong();
  private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

  TopicMeter() {
    for (var reason : DropReason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  void created(long count) {
    created.add(count);
  }

  void acknowledged() {
    acknowledged.increment();
  }

  void dropped(DropReason reason, long count) {
    adder(reason).add(count);
  }

  void spooled(long more) {
    spooled.addAndGet(more);
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

  /// Records that wait on disk.
  public long spooledCount() {
    return spooled.get();
  }

  /// Records that are neither acknowledged nor dropped nor on disk only.
  public long inFlight() {
    return Math.max(0, undecided() - spooled.get());
  }

  /// Records that are neither acknowledged nor dropped yet.
  public long undecided() {
    // Decided records are summed first: a record that is created between the two sums then counts
    // as in flight, never as minus one.
    long decided = acknowledged.sum() + dropped.values().stream().mapToLong(LongAdder::sum).sum();
    return created.sum() - decided;
  }

  private LongAdder adder(DropReason reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }
}
