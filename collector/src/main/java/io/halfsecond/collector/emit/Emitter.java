package io.halfsecond.collector.emit;

import io.halfsecond.collector.emit.TopicMeter.DropReason;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.apache.avro.specific.SpecificRecordBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Numbers, encodes and queues records, and hands them to a sink on a thread of its own.
///
/// **Guarantees** [#emit] returns at once; records of one topic arrive in the order of their
/// sequence; per topic, created = acknowledged + dropped + in flight. While the sink is busy,
/// records wait in the queue until it is full; then new ones are dropped and counted. Every record
/// takes a sequence number, dropped ones too, so that a gap at the reader means a lost record.
public final class Emitter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /// Six heartbeats, one metadata timeout.
  private static final Duration RECENT = Duration.ofMinutes(1);

  private record Pending(TopicMeter meter, EncodedRecord message) {}

  private final String host;
  private final Sealer sealer;
  private final Sink sink;
  private final BlockingQueue<Pending> queue;
  private final Map<String, TopicMeter> meters = new HashMap<>();
  private final Thread thread;
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile long closeDeadlineNanos = Long.MAX_VALUE;
  private final Object sequenceLock = new Object();
  private long nextSequence;
  private volatile boolean troubled;
  private volatile long acknowledgedNanos = Long.MIN_VALUE / 2;

  /// @param host the key of every record
  /// @param capacity records kept while the sink is busy
  /// @param sealer makes the code of each record
  /// @param topics those that will be written
  public Emitter(String host, int capacity, Sealer sealer, Sink sink, Iterable<Topic<?>> topics) {
    this.host = host;
    this.sealer = sealer;
    this.sink = sink;
    this.queue = new ArrayBlockingQueue<>(capacity);
    topics.forEach(topic -> meters.put(topic.name(), new TopicMeter()));
    this.thread = Thread.ofPlatform().name("halfsecond-emitter").daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /// Takes a record. Returns at once.
  ///
  /// @param at the record's event time
  /// @param withSequence makes the record, given its sequence number
  public <T extends SpecificRecordBase> void emit(
      Topic<T> topic, Instant at, LongFunction<T> withSequence) {
    var meter = meter(topic);
    synchronized (sequenceLock) {
      var value =
          topic
              .valueSerde()
              .serializer()
              .serialize(topic.name(), withSequence.apply(nextSequence++));
      meter.created();
      if (closing.get()) {
        meter.dropped(DropReason.CLOSED);
      } else if (!queue.offer(
          new Pending(
              meter,
              new EncodedRecord(
                  topic.name(), host, at, value, sealer.seal(topic.name(), host, value))))) {
        meter.dropped(DropReason.QUEUE_FULL);
      }
    }
  }

  public TopicMeter meter(Topic<?> topic) {
    return Objects.requireNonNull(meters.get(topic.name()), topic.name());
  }

  /// Whether the sink took the last record that it was offered.
  public boolean healthy() {
    return !troubled;
  }

  /// Closes, waiting up to 5 s for what is queued.
  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }

  /// Sends what is queued, waits at most `timeout` for acknowledgements, and counts the rest as
  /// dropped.
  public void close(Duration timeout) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    closeDeadlineNanos = System.nanoTime() + timeout.toNanos();
    try {
      // A thread that was never started cannot be joined.
      if (thread.isAlive() && !thread.join(timeout)) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    sink.close(Duration.ofNanos(Math.max(0, closeDeadlineNanos - System.nanoTime())));
    var left = new ArrayDeque<Pending>();
    queue.drainTo(left);
    left.forEach(pending -> pending.meter().dropped(DropReason.CLOSED));
  }

  private void run() {
    try {
      while (!(closing.get() && queue.isEmpty())) {
        var pending = queue.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (pending != null) {
          handOver(pending);
        }
      }
      sink.flush();
    } catch (InterruptedException _) {
      // close() is out of time and counts what is left.
    }
  }

  /// Offers one record to the sink, again and again while the sink is busy.
  private void handOver(Pending pending) throws InterruptedException {
    while (true) {
      var attempt = new Attempt(pending);
      try {
        sink.send(pending.message(), attempt);
      } catch (InterruptedException e) {
        pending.meter().dropped(DropReason.CLOSED);
        throw e;
      }
      if (!attempt.busy) {
        return;
      }
      if (isRefusedAlone(pending)) {
        pending.meter().dropped(DropReason.REJECTED);
        LOG.warn(
            "topic {} takes no records while others do; it may not exist, see halfsecond topics"
                + " plan",
            pending.message().topic());
        return;
      }
      if (System.nanoTime() >= closeDeadlineNanos) {
        pending.meter().dropped(DropReason.CLOSED);
        return;
      }
    }
  }

  /// Whether the topic is missing and not the destination: the sink has just delivered other
  /// records, and never one of this topic. Waiting for it would hold up all others.
  private boolean isRefusedAlone(Pending pending) {
    return pending.meter().acknowledgedCount() == 0
        && acknowledgedNanos > System.nanoTime() - RECENT.toNanos();
  }

  /// One offer of a record to the sink.
  private final class Attempt implements Sink.Receipt {
    private final Pending pending;
    private boolean failed;
    private boolean busy;

    Attempt(Pending pending) {
      this.pending = pending;
    }

    @Override
    public void acknowledged() {
      pending.meter().acknowledged();
      acknowledgedNanos = System.nanoTime();
      if (troubled) {
        troubled = false;
        LOG.info("records are delivered again");
      }
    }

    @Override
    public void failed(Sink.Failure failure, Exception cause) {
      if (failed) {
        return;
      }
      failed = true;
      switch (failure) {
        case BUSY -> busy = true;
        case TIMEOUT -> pending.meter().dropped(DropReason.TIMEOUT);
        case REJECTED ->
            pending.meter().dropped(closing.get() ? DropReason.CLOSED : DropReason.REJECTED);
      }
      if (!troubled) {
        troubled = true;
        LOG.warn(
            "records cannot be delivered; up to {} are kept: {}",
            queue.size() + queue.remainingCapacity(),
            cause.toString());
      }
    }
  }
}
