package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.Source.EventSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A sink with room for all, or for none.
final class Recording implements EventSink {
  private final BlockingQueue<SshEvent> events = new LinkedBlockingQueue<>();
  private final boolean room;
  private final AtomicLong offeredUntil = new AtomicLong(Long.MAX_VALUE);

  Recording(boolean room) {
    this.room = room;
  }

  @Override
  public boolean offer(SshEvent event) {
    return room && events.offer(event);
  }

  @Override
  public void offeredUntil(long nanos) {
    offeredUntil.set(nanos);
  }

  /// What the source last said, [Long#MAX_VALUE] if nothing.
  long offeredUntil() {
    return offeredUntil.get();
  }

  /// Waits for that many events, and takes them.
  List<LogEvent> take(int count) throws InterruptedException {
    var taken = new ArrayList<LogEvent>();
    for (int i = 0; i < count; i++) {
      var event = events.poll(20, TimeUnit.SECONDS);
      if (!(event instanceof LogEvent log)) {
        throw new AssertionError("waited for event " + (i + 1) + " of " + count + ", got " + event);
      }
      taken.add(log);
    }
    return taken;
  }

  int waiting() {
    return events.size();
  }
}
