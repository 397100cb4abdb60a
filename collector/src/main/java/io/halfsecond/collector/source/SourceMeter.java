package io.halfsecond.collector.source;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Counts a source's events: read = assembled + dropped + in flight.
///
/// Safe for use by several threads.
public final class SourceMeter {
  /// Why an event was dropped.
  public enum Reason {
    /** Not about sshd: other processes' events, other programs' lines. */
    UNRELATED,
    /** Bytes or text that could not be decoded. */
    MALFORMED,
    /** The process that logged the line is not sshd's, by the kernel's events. */
    UNTRUSTED,
    /** About a connection that started before the collector, or not needed. */
    IRRELEVANT,
    /** The queue to the assembler was full. */
    QUEUE_FULL,
    /** About a connection beyond the bound on tracked ones. */
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
  private volatile Optional<String> doubt = Optional.empty();

  /// The condition of a source.
  public enum Condition {
    STOPPED,
    RUNNING,
    DEGRADED,
    UNAVAILABLE
  }

  /// @param detail a message: what the source reads, or what it lacks
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

  /// Adds events that the kernel or the journal lost before they could be read.
  public void lost(long count) {
    lost.add(count);
  }

  public void become(Condition condition, String detail) {
    state = new State(condition, detail);
  }

  /// What the source says of itself; DEGRADED while it says that it runs and is in doubt.
  public State state() {
    var own = state;
    var doubted = doubt;
    return own.condition() == Condition.RUNNING && doubted.isPresent()
        ? new State(Condition.DEGRADED, doubted.get())
        : own;
  }

  /// Others show that the source delivers nothing, whatever it says of itself.
  ///
  /// @return whether that is new
  public boolean doubt(String detail) {
    boolean before = doubt.isPresent();
    doubt = Optional.of(detail);
    return !before;
  }

  /// Ends [#doubt].
  ///
  /// @return whether it was in doubt
  public boolean trust() {
    boolean before = doubt.isPresent();
    doubt = Optional.empty();
    return before;
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

  /// Events that were read and whose fate is open.
  public long inFlight() {
    // Fates first: an event that is read between the two sums then counts as in flight; the other
    // order could give −1.
    long decided = assembled.sum() + dropped.values().stream().mapToLong(LongAdder::sum).sum();
    return read.sum() - decided;
  }

  private LongAdder adder(Reason reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }
}
