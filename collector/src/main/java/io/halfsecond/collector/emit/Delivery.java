package io.halfsecond.collector.emit;

import io.halfsecond.collector.emit.Lane.Entry;
import io.halfsecond.collector.emit.TopicMeter.DropReason;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.collector.sink.Sink.Failure;
import io.halfsecond.collector.spool.Run;
import io.halfsecond.collector.spool.Segment;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpooledRecord;
import io.halfsecond.schemas.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Takes numbered records through the spool to the sink, and counts what becomes of them.
///
/// **Guarantees** of each topic, the first copies of records arrive in the order of their numbers;
/// a topic that is refused does not hold up others; what is neither acknowledged nor given up is in
/// memory or on disk. **Assumes** one thread, except for the answers of the sink and
/// [#sinceAcknowledged].
final class Delivery {
  /// What the sink has at a time; Kafka's producer has room for twice as much.
  private static final int WINDOW_BYTES = 1 << 20;

  private static final int WINDOW_RECORDS = 4_096;

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
  private static final Duration BUSY_PAUSE = Duration.ofSeconds(1);
  private static final Duration REFUSED_PAUSE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// Numbers that a run may give until it says so on disk.
  private static final long RESERVED = 64;

  private record Answer(
      Path path, Entry entry, Optional<Failure> failure, Optional<Exception> cause) {}

  /// A lane and when it may send.
  private static final class Path {
    private final Lane lane;
    private Duration pause = Duration.ZERO;
    private long notBeforeNanos;
    private boolean alone;

    /// Whether its records go ahead of the others.
    private boolean ahead;

    /// When a record was acknowledged last, or none waited.
    private long progressNanos;

    Path(Lane lane, long nowNanos) {
      this.lane = lane;
      this.notBeforeNanos = nowNanos;
      this.progressNanos = nowNanos;
    }
  }

  private final Sink sink;
  private final Spool spool;
  private final InstantSource wall;
  private final LongSupplier monotonicNanos;
  private final int kept;
  private final Runnable wake;
  private final Map<String, Path> paths = new LinkedHashMap<>();
  private final Runs runs;

  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final DeliveryLog log;
  private int windowRecords;
  private long windowBytes;
  private long tickAtNanos;
  private long reserved;
  private long savedAssigned;
  private boolean unsaved;
  private boolean acknowledgedSinceTick;
  private boolean acknowledgedEver;
  private volatile long acknowledgedNanos;

  /// @param meters by topic
  /// @param kept records in memory beyond which those on disk are not kept there
  /// @param wake called when there is an answer, on the sink's thread
  Delivery(
      Sink sink,
      Spool spool,
      RunCount current,
      Map<String, TopicMeter> meters,
      int kept,
      InstantSource wall,
      LongSupplier monotonicNanos,
      Runnable wake) {
    this.sink = sink;
    this.spool = spool;
    this.runs = new Runs(current, wall);
    this.kept = kept;
    this.wall = wall;
    this.monotonicNanos = monotonicNanos;
    this.wake = wake;
    this.log = new DeliveryLog(monotonicNanos);
    this.tickAtNanos = monotonicNanos.getAsLong();
    this.acknowledgedNanos = tickAtNanos;
    meters.forEach((topic, meter) -> paths.put(topic, path(topic, meter)));
  }

  private Path path(String topic, TopicMeter meter) {
    var lane =
        new Lane(
            topic,
            meter,
            current().collector(),
            (run, count) -> dropped(run, DropReason.SPOOL_CORRUPT, count, meter));
    return new Path(lane, monotonicNanos.getAsLong());
  }

  /// Opens the spool, once that is possible, and takes over what earlier runs left.
  void open() {
    spool
        .open()
        .ifPresent(
            found -> {
              // An earlier run may have had topics that this one has not.
              found.segments().stream()
                  .flatMap(segment -> segment.topics().stream())
                  .forEach(
                      topic -> paths.computeIfAbsent(topic, _ -> path(topic, new TopicMeter())));
              for (var run : found.runs()) {
                runs.recover(run);
                run.lastSettled()
                    .forEach((topic, number) -> recover(run.collector(), topic, number));
              }
              for (var segment : found.segments()) {
                paths.values().forEach(path -> path.lane.recover(segment));
              }
              unsaved = true;
            });
  }

  private void recover(String earlierRun, String topic, long settled) {
    Optional.ofNullable(paths.get(topic)).ifPresent(path -> path.lane.recover(earlierRun, settled));
  }

  /// Takes the newest records of this run.
  void accept(List<SpooledRecord> batch) {
    if (batch.isEmpty()) {
      return;
    }
    current().assigned(Math.max(current().assigned(), batch.getLast().sequence() + 1));
    spool.assigned(current().assigned());
    var segment = spool.append(batch);
    for (var spooled : batch) {
      var lane = path(spooled.topic()).lane;
      // A share for each topic: one that is refused does not push the others to the disk.
      lane.add(new Entry(spooled, segment), lane.inMemory() < Math.max(1, kept / paths.size()));
    }
    unsaved = true;
  }

  /// Takes a record of this run that is not spooled, and goes ahead of the others.
  void acceptUnspooled(SpooledRecord spooled) {
    current().assigned(Math.max(current().assigned(), spooled.sequence() + 1));
    spool.assigned(current().assigned());
    var path = path(spooled.topic());
    path.ahead = true;
    path.lane.add(new Entry(spooled, Optional.empty()), true);
    send(path);
  }

  /// Whether a record of the topic would be sent now.
  boolean isOpen(String topic) {
    var path = path(topic);
    return path.lane.isEmpty() && path.notBeforeNanos <= monotonicNanos.getAsLong();
  }

  boolean isEmpty() {
    return paths.values().stream().allMatch(path -> path.lane.isEmpty());
  }

  /// Why what was made is not acknowledged within seconds; empty if it is.
  Optional<Waiting> waiting() {
    long now = monotonicNanos.getAsLong();
    var stalled =
        paths.values().stream()
            .filter(path -> !path.lane.isEmpty())
            .filter(path -> !acknowledgedEver || now - path.progressNanos >= PATIENCE.toNanos())
            .map(path -> path.lane.topic())
            .sorted()
            .toList();
    if (!stalled.isEmpty() || !acknowledgedEver) {
      var obstacle = sink.obstacle(log.cause(stalled));
      return Optional.of(
          new Waiting(
              obstacle.reason(),
              "%d records wait%s: %s"
                  .formatted(
                      undecided(),
                      stalled.isEmpty()
                          ? ""
                          : ", %s cannot be delivered".formatted(String.join(", ", stalled)),
                      obstacle.text())));
    }
    var limit = wall.instant().minus(PATIENCE);
    return paths.values().stream().anyMatch(path -> path.lane.hasOlderThan(limit))
        ? Optional.of(
            new Waiting(
                Waiting.Reason.CATCHING_UP,
                "%d records wait, and older ones are sent first".formatted(undecided())))
        : Optional.empty();
  }

  /// Since a record was acknowledged, or since the start.
  Duration sinceAcknowledged() {
    return Duration.ofNanos(monotonicNanos.getAsLong() - acknowledgedNanos);
  }

  int inMemory() {
    return paths.values().stream().mapToInt(path -> path.lane.inMemory()).sum();
  }

  /// Sends what the sink takes, the oldest records first.
  void send() {
    settle();
    while (true) {
      var next = next();
      if (next.isEmpty()) {
        return;
      }
      send(next.get());
      settle();
    }
  }

  private Optional<Path> next() {
    boolean full = windowRecords >= WINDOW_RECORDS || windowBytes >= WINDOW_BYTES;
    long now = monotonicNanos.getAsLong();
    return paths.values().stream()
        // A topic that does not answer leaves room for the others, and heartbeats need none.
        .filter(path -> path.ahead || (!full && path.lane.windowSize() < WINDOW_RECORDS / 2))
        .filter(path -> path.notBeforeNanos <= now && !path.lane.blocked())
        .filter(path -> !path.alone || path.lane.windowSize() == 0)
        .filter(path -> path.lane.peek(spool).isPresent())
        .min(
            Comparator.comparingInt((Path path) -> path.ahead ? -1 : place(path.lane))
                .thenComparingLong(path -> head(path.lane).sequence()));
  }

  private int place(Lane lane) {
    return runs.place(head(lane).run());
  }

  private SpooledRecord head(Lane lane) {
    return lane.peek(spool).orElseThrow().spooled;
  }

  private void send(Path path) {
    if (path.lane.peek(spool).isEmpty()) {
      return;
    }
    var entry = path.lane.take();
    if (entry.state == Lane.State.REJECTED) {
      decide(path);
      return;
    }
    windowRecords++;
    windowBytes += entry.spooled.bytes();
    var receipt =
        new Sink.Receipt() {
          @Override
          public void acknowledged() {
            answer(new Answer(path, entry, Optional.empty(), Optional.empty()));
          }

          @Override
          public void failed(Failure failure, Exception cause) {
            answer(new Answer(path, entry, Optional.of(failure), Optional.of(cause)));
          }
        };
    try {
      sink.send(entry.spooled.record(), receipt);
    } catch (RuntimeException e) {
      // A record that the sink cannot even take, as one with a time before 1970.
      receipt.failed(Failure.REJECTED, e);
    }
  }

  private void answer(Answer answer) {
    answers.add(answer);
    wake.run();
  }

  /// Takes the answers of the sink.
  void settle() {
    for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
      var path = answer.path();
      windowRecords--;
      windowBytes -= answer.entry().spooled.bytes();
      var cause = answer.cause().orElseGet(IllegalStateException::new);
      switch (answer.failure().orElse(null)) {
        case null -> {
          acknowledgedSinceTick = true;
          acknowledgedEver = true;
          acknowledgedNanos = monotonicNanos.getAsLong();
          path.progressNanos = acknowledgedNanos;
          if (path.ahead) {
            // Nothing on disk shows it: it is saved at once, or a kill would count it as lost.
            tickAtNanos = monotonicNanos.getAsLong();
          }
          path.lane.answered(answer.entry(), Lane.State.ACKNOWLEDGED);
          path.pause = Duration.ZERO;
          path.alone = false;
          log.delivered(path.lane.topic());
        }
        case REJECTED -> {
          path.lane.answered(answer.entry(), Lane.State.REJECTED);
          path.progressNanos = monotonicNanos.getAsLong();
          log.rejected(path.lane.topic(), cause);
        }
        case BUSY -> failed(path, answer.entry(), cause, BUSY_PAUSE);
        case REFUSED, LOST -> {
          path.alone = true;
          failed(path, answer.entry(), cause, REFUSED_PAUSE);
        }
      }
      decide(path);
      unsaved = true;
    }
  }

  private void failed(Path path, Entry entry, Exception cause, Duration longest) {
    path.lane.answered(entry, Lane.State.FAILED);
    log.failed(path.lane.topic(), cause);
    long now = monotonicNanos.getAsLong();
    // All records of a window fail at once: that is one failure.
    if (path.notBeforeNanos <= now) {
      var longer = path.pause.multipliedBy(2);
      path.pause =
          longer.isZero() ? SHORTEST_PAUSE : longer.compareTo(longest) > 0 ? longest : longer;
      path.notBeforeNanos = now + path.pause.toNanos();
    }
  }

  private void decide(Path path) {
    var meter = path.lane.meter();
    for (var entry : path.lane.decided()) {
      var run = runs.of(entry.spooled.run());
      run.settled(entry.spooled.topic(), entry.spooled.sequence());
      if (entry.state == Lane.State.ACKNOWLEDGED) {
        run.acknowledged(entry.spooled.topic(), entry.spooled.sequence());
        meter.acknowledged();
      } else {
        dropped(run.collector(), DropReason.REJECTED, 1, meter);
      }
    }
  }

  private void dropped(String run, DropReason reason, long count, TopicMeter meter) {
    runs.of(run).dropped(reason, count);
    meter.dropped(reason, count);
    unsaved = true;
  }

  /// Work that is due once a second.
  ///
  /// @param assigned how many numbers this run has given
  /// @return whether it was due
  boolean tick(long assigned) {
    long now = monotonicNanos.getAsLong();
    if (now < tickAtNanos) {
      return false;
    }
    tickAtNanos = now + TICK.toNanos();
    open();
    if (windowRecords > 0) {
      sink.check();
    }
    for (var overdue = spool.overdue(); overdue.isPresent(); overdue = spool.overdue()) {
      giveUp(
          overdue.get().segment(),
          overdue.get().full() ? DropReason.SPOOL_FULL : DropReason.SPOOL_EXPIRED);
    }
    paths.values().stream()
        .filter(path -> path.lane.isEmpty())
        .forEach(
            path -> {
              log.delivered(path.lane.topic());
              path.progressNanos = now;
            });
    current().assigned(Math.max(current().assigned(), assigned));
    spool.assigned(current().assigned());
    if (unsaved || !spool.trouble().isEmpty() || current().assigned() > reserved) {
      // While the sink acknowledges, records are not on disk for long enough to be worth a sync.
      boolean stuck = windowRecords > 0 && !acknowledgedSinceTick;
      // As many numbers again may be given before the next tick.
      long soon = current().assigned() + (current().assigned() - savedAssigned);
      boolean sync = soon >= reserved || spooled() > 0 || stuck;
      if (sync) {
        reserved = current().assigned() + Math.max(RESERVED, current().assigned() - savedAssigned);
        savedAssigned = current().assigned();
      }
      spool.save(toSave(false), sync);
      unsaved = false;
    }
    acknowledgedSinceTick = false;
    return true;
  }

  private void giveUp(Segment segment, DropReason reason) {
    for (var path : paths.values()) {
      path.lane
          .giveUp(segment)
          .forEach((run, count) -> dropped(run, reason, count, path.lane.meter()));
    }
    spool.delete(segment);
  }

  private List<Run> toSave(boolean ended) {
    // Of this run it is not known here what is queued.
    runs.settle(0, this::unsettled);
    return runs.toSave(reserved, ended);
  }

  /// How far this run and earlier ones have come, the newest first.
  ///
  /// @param unqueued this run has given no smaller number to a record that is not here
  List<RunCount> runs(long assigned, long unqueued) {
    current().assigned(Math.max(current().assigned(), assigned));
    runs.settle(unqueued, this::unsettled);
    return runs.newestFirst();
  }

  private RunCount current() {
    return runs.current();
  }

  private Optional<Long> unsettled(String run) {
    return paths.values().stream()
        .flatMap(path -> path.lane.unsettled(run).stream())
        .min(Long::compareTo);
  }

  /// Counts records of this run that never came here.
  void droppedBefore(DropReason reason, long count) {
    current().dropped(reason, count);
    unsaved = true;
  }

  /// When the oldest record in memory was made, heartbeats apart; empty if there is none.
  Optional<Instant> oldestInMemory() {
    return paths.values().stream()
        .filter(path -> !path.ahead)
        .flatMap(path -> path.lane.oldestInMemory().stream())
        .min(Instant::compareTo);
  }

  long spooled() {
    return meters().mapToLong(TopicMeter::spooledCount).sum();
  }

  private long undecided() {
    return meters().mapToLong(TopicMeter::undecided).sum();
  }

  private Stream<TopicMeter> meters() {
    return paths.values().stream().map(path -> path.lane.meter());
  }

  /// Until when nothing is due, unless there is an answer or a record.
  long idleNanos() {
    long now = monotonicNanos.getAsLong();
    long due = tickAtNanos;
    for (var path : paths.values()) {
      if (path.notBeforeNanos > now && !path.lane.isEmpty()) {
        due = Math.min(due, path.notBeforeNanos);
      }
    }
    return Math.max(0, due - now);
  }

  /// Drops what is in memory only, and leaves the rest in the spool. The sink is closed.
  void close(long assigned) {
    settle();
    for (var path : paths.values()) {
      Collection<Entry> gone = path.lane.takeUnspooled();
      gone.forEach(entry -> dropped(entry.spooled.run(), DropReason.CLOSED, 1, path.lane.meter()));
    }
    current().assigned(Math.max(current().assigned(), assigned));
    spool.assigned(current().assigned());
    spool.save(toSave(true), true);
    spool.close();
  }

  private Path path(String topic) {
    return Optional.ofNullable(paths.get(topic)).orElseThrow();
  }
}
