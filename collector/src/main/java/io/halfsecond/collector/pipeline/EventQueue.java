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

  record Entry(SshEvent event, SourceMeter meter) {}

  private final BlockingQueue<Entry> entries = new ArrayBlockingQueue<>(CAPACITY);

  /// Where a source delivers its events.
  public Source.EventSink from(SourceMeter meter) {
    return event -> entries.offer(new Entry(event, meter));
  }

  /// @return empty if none came within that time
  Optional<Entry> poll(Duration patience) throws InterruptedException {
    return Optional.ofNullable(entries.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
  }

  int size() {
    return entries.size();
  }
}
