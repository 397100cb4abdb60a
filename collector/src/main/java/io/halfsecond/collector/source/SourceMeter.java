package io.halfsecond.collector.source;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

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
  private final LongSupplier nanos;

  /// When it worked last, and how soon it does so again; empty if nothing is known about that.
  private volatile Optional<Work> work = Optional.empty();

  private record Work(long atNanos, Duration period) {}

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
    this(System::nanoTime);
  }

  /// @param nanos a clock that only runs forward, of any origin
  SourceMeter(LongSupplier nanos) {
    this.nanos = nanos;
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

  /// The source has done what it does periodically, and will do so again within a period. If it has
  /// not within two, it is DEGRADED: a thread may hang, or may have ended.
  public void worked(Duration period) {
    work = Optional.of(new Work(nanos.getAsLong(), period));
  }

  /// What the source says of itself; DEGRADED while it says that it runs and is in doubt, or has
  /// not worked for two of its periods.
  public State state() {
    var own = state;
    if (own.condition() != Condition.RUNNING) {
      return own;
    }
    return doubt.or(this::overdue).map(detail -> new State(Condition.DEGRADED, detail)).orElse(own);
  }

  /// Whether it runs. That is no evidence that it delivers.
  public boolean up() {
    return switch (state().condition()) {
      case RUNNING, DEGRADED -> true;
      case STOPPED, UNAVAILABLE -> false;
    };
  }

  /// Whether it runs and a part of its evidence is missing, or all of it.
  public boolean degraded() {
    return state().condition() == Condition.DEGRADED;
  }

  private Optional<String> overdue() {
    return work.flatMap(
        last -> {
          var since = Duration.ofNanos(nanos.getAsLong() - last.atNanos());
          return since.compareTo(last.period().multipliedBy(2)) > 0
              ? Optional.of(
                  "has done nothing for %d s, where it should within %d s"
                      .formatted(since.toSeconds(), last.period().toSeconds()))
              : Optional.empty();
        });
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

  /// Events that were lost, or came and could not be used.
  public long unreadCount() {
    return lostCount() + droppedCount(Reason.MALFORMED) + droppedCount(Reason.QUEUE_FULL);
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
