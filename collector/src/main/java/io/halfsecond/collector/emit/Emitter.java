package io.halfsecond.collector.emit;

import io.halfsecond.collector.emit.TopicMeter.DropReason;
import io.halfsecond.collector.sink.SealingSink;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.collector.sink.Sink.EncodedRecord;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpooledRecord;
import io.halfsecond.schemas.RunProgress;
import io.halfsecond.schemas.SpoolState;
import io.halfsecond.schemas.SpoolStatus;
import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Waiting;
import io.halfsecond.schemas.auth.Sealer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Numbers, encodes and queues records; a thread of its own takes them through the spool to the
/// sink.
///
/// **Guarantees** [#emit] and [#beat] return at once, whatever disk and sink do; records of one
/// topic arrive in the order of their sequence; per topic, created = acknowledged + spooled +
/// dropped + in flight. Every record takes a sequence number, dropped ones too, so that a number
/// that never arrives means a lost record.
public final class Emitter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Emitter.class);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(1);

  /// One batch is one block of a segment.
  private static final int BATCH_RECORDS = 256;

  private static final int BATCH_BYTES = 256 << 10;

  /// What a heartbeat says of the way from here to the topics.
  ///
  /// @param runs this run first, then earlier ones, the newest first
  /// @param spool empty if there is none
  public record Progress(List<RunProgress> runs, Optional<SpoolStatus> spool) {}

  /// The newest heartbeat that was not sent yet.
  private record Beat(Topic<?> topic, Instant at, BiFunction<Long, Progress, byte[]> encode) {}

  private final String host;
  private final Sink sink;
  private final Optional<Spool> spool;
  private final InstantSource wall;
  private final int capacity;
  private final BlockingQueue<SpooledRecord> queue;
  private final Map<String, TopicMeter> meters = new HashMap<>();
  private final String run;
  private final Delivery delivery;
  private final Thread thread;
  private final AtomicReference<@Nullable Beat> beat = new AtomicReference<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile long closeDeadlineNanos = Long.MAX_VALUE;
  private final Object sequenceLock = new Object();
  private long nextSequence;
  private long refused;
  private long late;
  private volatile int inMemory;
  private volatile Optional<Waiting> waiting =
      Optional.of(new Waiting(Waiting.Reason.BROKER, "nothing was sent to Kafka yet"));
  private volatile Optional<SpoolStatus> status = Optional.empty();

  /// @param origin its host is the key of every record
  /// @param capacity records in memory, at most
  /// @param sealer makes the code of each record
  /// @param spool keeps records on disk; empty to keep them in memory only
  /// @param topics those that will be written
  public Emitter(
      Origin origin,
      int capacity,
      Sealer sealer,
      Sink sink,
      Optional<Spool> spool,
      Iterable<Topic<?>> topics,
      InstantSource wall) {
    this.host = origin.host();
    this.run = origin.collector();
    this.sink = new SealingSink(sealer, sink);
    this.spool = spool;
    this.wall = wall;
    this.capacity = capacity;
    this.queue = new ArrayBlockingQueue<>(capacity);
    topics.forEach(topic -> meters.put(topic.name(), new TopicMeter()));
    this.thread = Thread.ofPlatform().name("halfsecond-emitter").daemon(true).unstarted(this::run);
    this.delivery =
        new Delivery(
            this.sink,
            spool.orElseGet(Spool::none),
            RunCount.ofThisProcess(run, origin.bootId()),
            meters,
            // Where there is a disk, half of the room is left for when it cannot be written.
            Math.max(1, capacity / 2),
            wall,
            System::nanoTime,
            this::wake);
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
      var value = encode(topic, withSequence.apply(nextSequence));
      var spooled = spooled(topic, at, nextSequence++, value);
      meter.created(1);
      if (closing.get()) {
        late++;
        meter.dropped(DropReason.CLOSED, 1);
      } else if (queue.size() + inMemory >= capacity || !queue.offer(spooled)) {
        refused++;
        meter.dropped(DropReason.QUEUE_FULL, 1);
      }
    }
    wake();
  }

  /// Takes a heartbeat. Returns at once. The heartbeat goes ahead of all records. It is made and
  /// numbered when it is sent; until then a newer one replaces it.
  ///
  /// @param make makes the heartbeat, on the emitter's thread, given its sequence number
  public <T extends SpecificRecordBase> void beat(
      Topic<T> topic, Instant at, BiFunction<Long, Progress, T> make) {
    beat.set(
        new Beat(topic, at, (sequence, progress) -> encode(topic, make.apply(sequence, progress))));
    wake();
  }

  public TopicMeter meter(Topic<?> topic) {
    return Objects.requireNonNull(meters.get(topic.name()), topic.name());
  }

  /// Why what was emitted is not acknowledged within seconds, at most a second old; empty if it is.
  public Optional<Waiting> waiting() {
    return waiting;
  }

  /// Since a record was acknowledged, or since the start.
  public Duration sinceAcknowledged() {
    return delivery.sinceAcknowledged();
  }

  /// The state of the spool, at most a second old; empty if there is none.
  public Optional<SpoolStatus> spoolStatus() {
    return status;
  }

  /// Closes, waiting up to 5 s for what is queued.
  @Override
  public void close() {
    close(CLOSE);
  }

  /// Sends what is queued, and waits at most `timeout` for acknowledgements. The rest stays in the
  /// spool; what is not there is counted as dropped.
  public void close(Duration timeout) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    closeDeadlineNanos = System.nanoTime() + timeout.toNanos();
    wake();
    if (thread.getState() == Thread.State.NEW) {
      finish();
      return;
    }
    try {
      // A disk that does not answer must not keep the process.
      thread.join(timeout.plus(timeout));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing.get() || (!done() && System.nanoTime() < closeDeadlineNanos)) {
      try {
        step();
        LockSupport.parkNanos(
            this, Math.min(delivery.idleNanos(), closeDeadlineNanos - System.nanoTime()));
      } catch (RuntimeException | Error e) {
        LOG.error("records were not handed over, it is tried again", e);
        LockSupport.parkNanos(this, AFTER_ERROR.toNanos());
      }
    }
    finish();
  }

  private boolean done() {
    return queue.isEmpty() && delivery.isEmpty() && beat.get() == null;
  }

  private void step() {
    tick();
    sendBeat();
    for (var batch = batch(); !batch.isEmpty(); batch = batch()) {
      delivery.accept(batch);
      delivery.send();
      inMemory = delivery.inMemory();
      tick();
      sendBeat();
    }
    delivery.send();
    inMemory = delivery.inMemory();
    waiting = delivery.waiting();
  }

  private void tick() {
    if (delivery.tick(assigned())) {
      status = spool.map(this::status);
    }
  }

  private List<SpooledRecord> batch() {
    var batch = new ArrayList<SpooledRecord>();
    int bytes = 0;
    while (batch.size() < BATCH_RECORDS && bytes < BATCH_BYTES) {
      var next = queue.poll();
      if (next == null) {
        break;
      }
      batch.add(next);
      bytes += next.bytes();
    }
    return batch;
  }

  private void sendBeat() {
    var newest = beat.get();
    if (newest == null || !delivery.isOpen(newest.topic().name())) {
      return;
    }
    beat.compareAndSet(newest, null);
    try {
      delivery.acceptUnspooled(number(newest));
    } catch (RuntimeException e) {
      LOG.error("heartbeat failed, the next one is tried: {}", e.getClass().getName());
    }
  }

  private SpooledRecord number(Beat newest) {
    synchronized (sequenceLock) {
      delivery.droppedBefore(DropReason.QUEUE_FULL, refused);
      refused = 0;
      var first = queue.peek();
      var runs =
          delivery.runs(nextSequence + 1, first == null ? nextSequence : first.sequence()).stream()
              .map(RunCount::progress)
              .toList();
      var value = newest.encode().apply(nextSequence, new Progress(runs, spool.map(this::status)));
      var record = spooled(newest.topic(), newest.at(), nextSequence++, value);
      meter(newest.topic()).created(1);
      return record;
    }
  }

  private SpoolStatus status(Spool kept) {
    var now =
        SpoolStatus.newBuilder()
            .setState(kept.trouble().isEmpty() ? SpoolState.WRITING : SpoolState.MEMORY_ONLY)
            .setDetail(kept.trouble())
            .setRecords(delivery.spooled())
            .setBytes(kept.bytes());
    // Also what is only in memory waits, and what has not come as far as the disk.
    Stream.of(
            kept.oldestAt(),
            delivery.oldestInMemory(),
            Optional.ofNullable(queue.peek()).map(queued -> queued.record().at()))
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .ifPresent(now::setOldestAt);
    return now.build();
  }

  private void finish() {
    for (var batch = batch(); !batch.isEmpty(); batch = batch()) {
      delivery.accept(batch);
    }
    sink.close(Duration.ofNanos(Math.max(0, closeDeadlineNanos - System.nanoTime())));
    delivery.droppedBefore(DropReason.QUEUE_FULL, refused);
    delivery.droppedBefore(DropReason.CLOSED, late);
    delivery.close(assigned());
  }

  private long assigned() {
    synchronized (sequenceLock) {
      return nextSequence;
    }
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  private static <T extends SpecificRecordBase> byte[] encode(Topic<T> topic, T record) {
    return topic.valueSerde().serializer().serialize(topic.name(), record);
  }

  /// A broker refuses a batch with a timestamp an hour ahead of its clock. Readers take the time
  /// from the value.
  private SpooledRecord spooled(Topic<?> topic, Instant at, long sequence, byte[] value) {
    var now = wall.instant();
    return new SpooledRecord(
        run,
        sequence,
        now,
        new EncodedRecord(topic.name(), host, at.isAfter(now) ? now : at, value));
  }
}
