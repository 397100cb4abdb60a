package io.halfsecond.collector.source;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Counts a source's events so that none goes missing: read = assembled + the sum of dropped + in
/// flight.
///
/// Safe for use by several threads.
public final class SourceMeter {
  /// Why an event was not used.
  public enum Reason {
    /** Not about sshd: other processes' events, other programs' lines. */
    UNRELATED,
    /** Bytes or text that the decoder could not read. */
    MALFORMED,
    /** The process that logged the line is not one of sshd's that the kernel showed. */
    UNTRUSTED,
    /**
     * Read correctly, but about a connection that began before the collector did, or says nothing
     * needed.
     */
    IRRELEVANT,
    /** The queue to the assembler was full. */
    QUEUE_FULL,
    /** About a connection that was not tracked because there were too many. */
    OVERFLOW;

    /// As in metrics: lower case with hyphens.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final LongAdder read = new LongAdder();
  private final LongAdder assembled = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final Map<Reason, LongAdder> dropped = new EnumMap<>(Reason.class);
  private volatile State state = new State(Condition.STOPPED, "");

  /// How a source is doing.
  public enum Condition {
    STOPPED,
    RUNNING,
    DEGRADED,
    UNAVAILABLE
  }

  /// @param detail for a person: what the source reads, or what it lacks
  public record State(Condition condition, String detail) {}

  public SourceMeter() {
    for (var reason : Reason.values()) {
      dropped.put(reason, new LongAdder());
    }
  }

  public void read() {
    read.increment();
  }

  public void assembled() {
    assembled.increment();
  }

  public void dropped(Reason reason) {
    adder(reason).increment();
  }

  /// Adds events that were never read because the kernel or the journal lost them.
  public void lost(long count) {
    lost.add(count);
  }

  public void become(Condition condition, String detail) {
    state = new State(condition, detail);
  }

  public State state() {
    return state;
  }

  public long readCount() {
    return read.sum();
  }

  public long assembledCount() {
    return assembled.sum();
  }

  public long lostCount() {
    return lost.sum();
  }

  public long droppedCount(Reason reason) {
    return adder(reason).sum();
  }

  /// Events read whose fate is not decided yet.
  public long inFlight() {
    // Fates first: an event read between the two sums then counts as in flight, never as minus one.
    long decided = assembled.sum() + dropped.values().stream().mapToLong(LongAdder::sum).sum();
    return read.sum() - decided;
  }

  private LongAdder adder(Reason reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }
}
