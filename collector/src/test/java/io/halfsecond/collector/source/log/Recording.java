package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.source.Source.EventSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A sink with room for all, or for none.
final class Recording implements EventSink {
  private final BlockingQueue<SshEvent> events = new LinkedBlockingQueue<>();
  private final boolean room;

  Recording(boolean room) {
    this.room = room;
  }

  @Override
  public boolean offer(SshEvent event) {
    return room && events.offer(event);
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
