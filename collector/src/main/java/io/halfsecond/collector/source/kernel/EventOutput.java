package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.source.Source.EventSink;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import java.util.function.Consumer;

/// Hands the kernel source's events to the sink and counts them.
///
/// **Guarantees** each message counts as read once for every event made of it, or as unrelated if
/// there was none; when the sink takes events again after it refused some, the first is a
/// [KernelEvent.Lost].
final class EventOutput {
  private final EventSink sink;
  private final SourceMeter meter;

  /// Events made of the current message.
  private int emitted;

  /// Since when the sink has refused events; 0 if it took the last one.
  private long refusedSinceNanos;

  private boolean resumed;

  EventOutput(EventSink sink, SourceMeter meter) {
    this.sink = sink;
    this.meter = meter;
  }

  /// Counts a message that has been read already, by the events that its translation gives out.
  void message(Consumer<Consumer<KernelEvent>> translation) {
    emitted = 0;
    translation.accept(this::emit);
    if (emitted == 0) {
      meter.dropped(Reason.UNRELATED);
    }
  }

  private void emit(KernelEvent event) {
    if (emitted++ > 0) {
      meter.read();
    }
    offer(event);
  }

  /// Gives out an event that was made of no single message.
  void announce(KernelEvent event) {
    meter.read();
    offer(event);
  }

  /// Reports that every event until then has been given out.
  void offeredUntil(long nanos) {
    if (tellRefused(nanos)) {
      sink.offeredUntil(nanos);
    }
  }

  /// @return whether the sink knows of everything that it refused
  private boolean tellRefused(long atNanos) {
    if (refusedSinceNanos != 0 && sink.offer(new KernelEvent.Lost(atNanos, refusedSinceNanos, 0))) {
      refusedSinceNanos = 0;
      resumed = true;
      meter.read();
    }
    return refusedSinceNanos == 0;
  }

  private void offer(KernelEvent event) {
    var _ = tellRefused(event.atNanos());
    if (!sink.offer(event)) {
      meter.dropped(Reason.QUEUE_FULL);
      if (refusedSinceNanos == 0) {
        refusedSinceNanos = event.atNanos();
      }
    }
  }

  /// Whether the sink has taken events again since the last call, after it had refused some.
  boolean takeResumed() {
    boolean taken = resumed;
    resumed = false;
    return taken;
  }
}
