package io.halfsecond.collector.pipeline;

import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// The bounded queue from the sources to the assembler. Each event keeps the meter of its source.
public final class EventQueue {
  /// About 5 s of the 183 connections/s that saturated two cores.
  private static final int CAPACITY = 16_384;

  /// What a source told, in its order.
  sealed interface Entry {
    SourceMeter meter();
  }

  record Observed(SshEvent event, SourceMeter meter) implements Entry {}

  /// Every event of the source until then is in front of this entry.
  record OfferedUntil(long nanos, SourceMeter meter) implements Entry {}

  /// There was no room for events of the source that happened before this entry.
  record Refused(SourceMeter meter) implements Entry {}

  private final BlockingQueue<Entry> entries = new ArrayBlockingQueue<>(CAPACITY);

  /// Where a source delivers its events, from one thread.
  public Source.EventSink from(SourceMeter meter) {
    return new Source.EventSink() {
      private boolean refused;

      @Override
      public boolean offer(SshEvent event) {
        boolean taken = tellRefused() && entries.offer(new Observed(event, meter));
        refused |= !taken;
        return taken;
      }

      @Override
      public void offeredUntil(long nanos) {
        // If there is no room, the next report says more.
        if (tellRefused()) {
          var _ = entries.offer(new OfferedUntil(nanos, meter));
        }
      }

      private boolean tellRefused() {
        if (refused && entries.offer(new Refused(meter))) {
          refused = false;
        }
        return !refused;
      }
    };
  }

  /// @return empty if none came within that time
  Optional<Entry> poll(Duration patience) throws InterruptedException {
    return Optional.ofNullable(entries.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
  }

  int size() {
    return entries.size();
  }
}
