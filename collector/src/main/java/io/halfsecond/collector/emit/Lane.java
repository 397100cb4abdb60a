package io.halfsecond.collector.emit;

import io.halfsecond.collector.spool.Segment;
import io.halfsecond.collector.spool.SegmentReader;
import io.halfsecond.collector.spool.Spool;
import io.halfsecond.collector.spool.SpooledRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The records of one topic that are neither acknowledged nor given up, in the order of their
/// numbers: first those that the sink has (the window), then stretches in memory and on disk.
/// Confined to one thread.
final class Lane {
  private static final int CHUNK_RECORDS = 256;
  private static final int CHUNK_BYTES = 64 << 10;

  enum State {
    WAITING,
    SENT,
    ACKNOWLEDGED,
    REJECTED,
    FAILED
  }

  /// A record in memory.
  static final class Entry {
    final SpooledRecord spooled;
    @Nullable Segment segment;
    State state = State.WAITING;

    /// @param segment where it is on disk; empty if it is not
    Entry(SpooledRecord spooled, Optional<Segment> segment) {
      this.spooled = spooled;
      this.segment = segment.orElse(null);
    }
  }

  private sealed interface Stretch {}

  private record InMemory(Deque<Entry> entries) implements Stretch {}

  /// Records that are only on disk.
  private static final class OnDisk implements Stretch {
    private final Deque<Segment> segments = new ArrayDeque<>();

    /// Numbers of this run from here, exclusive, to `until`, inclusive. Others in its segments are,
    /// or were, elsewhere.
    private long from = -1;

    private long until = -1;
    private @Nullable SegmentReader reader;
  }

  private final String topic;
  private final TopicMeter meter;
  private final String run;

  /// Takes a run and a number of its records that turned out to be unreadable.
  private final BiConsumer<String, Long> unreadable;

  private final Deque<Entry> window = new ArrayDeque<>();
  private final Deque<Stretch> stretches = new ArrayDeque<>();

  /// By run: the highest number that was taken from the disk or kept in memory.
  private final Map<String, Long> taken = new HashMap<>();

  /// By run: how many records are here.
  private final Map<String, Long> outstanding = new HashMap<>();

  /// By run: the number settled last.
  private final Map<String, Long> settled = new HashMap<>();

  private int inMemory;
  private int sent;
  private int failed;

  /// @param run of this process
  Lane(String topic, TopicMeter meter, String run, BiConsumer<String, Long> unreadable) {
    this.topic = topic;
    this.meter = meter;
    this.run = run;
    this.unreadable = unreadable;
  }

  String topic() {
    return topic;
  }

  TopicMeter meter() {
    return meter;
  }

  /// Records in memory, those in the window included.
  int inMemory() {
    return inMemory;
  }

  boolean isEmpty() {
    return window.isEmpty()
        && stretches.stream()
            .allMatch(stretch -> stretch instanceof InMemory(var entries) && entries.isEmpty());
  }

  int windowSize() {
    return window.size();
  }

  /// Adds the newest record of this process.
  ///
  /// @param keep whether there is room for it in memory
  void add(Entry entry, boolean keep) {
    var spooled = entry.spooled;
    outstanding.merge(spooled.run(), 1L, Long::sum);
    var last = stretches.peekLast();
    var segment = entry.segment;
    if (segment != null) {
      meter.spooled(1);
      if (!keep || last instanceof OnDisk) {
        extend(segment, spooled.sequence());
        return;
      }
    }
    if (last instanceof InMemory(var entries)) {
      entries.add(entry);
    } else {
      stretches.add(new InMemory(new ArrayDeque<>(List.of(entry))));
    }
    inMemory++;
    taken.merge(spooled.run(), spooled.sequence(), Math::max);
  }

  /// Takes over an earlier run.
  ///
  /// @param upTo all its records up to this number are acknowledged or given up
  void recover(String earlier, long upTo) {
    taken.put(earlier, upTo);
    settled.put(earlier, upTo);
  }

  /// Adds what earlier runs left on disk.
  void recover(Segment segment) {
    var left = segment.outstandingOf(topic);
    if (left.isEmpty()) {
      return;
    }
    left.forEach(
        (key, count) -> {
          outstanding.merge(key.run(), count, Long::sum);
          meter.created(count);
          meter.spooled(count);
        });
    if (stretches.peekFirst() instanceof OnDisk first && first.until < 0) {
      first.segments.add(segment);
    } else {
      var stretch = new OnDisk();
      stretch.segments.add(segment);
      stretches.addFirst(stretch);
    }
  }

  /// The next record to send.
  Optional<Entry> peek(Spool spool) {
    while (!stretches.isEmpty()) {
      switch (stretches.getFirst()) {
        case InMemory(var entries) -> {
          if (!entries.isEmpty()) {
            return Optional.of(entries.getFirst());
          }
          stretches.removeFirst();
        }
        case OnDisk stretch -> {
          if (!load(stretch, spool)) {
            return Optional.empty();
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Moves the record that [#peek] gave into the window. It is to be sent unless it was rejected
  /// before, and only waited for those in front of it.
  Entry take() {
    if (!(stretches.getFirst() instanceof InMemory(var entries))) {
      throw new IllegalStateException("nothing was peeked at");
    }
    var entry = entries.remove();
    if (entry.segment != null) {
      meter.spooled(-1);
    }
    if (entry.state != State.REJECTED) {
      entry.state = State.SENT;
      sent++;
    }
    window.add(entry);
    return entry;
  }

  /// Whether a record in the window has failed: none is sent until it is back in the queue.
  boolean blocked() {
    return failed > 0;
  }

  /// What the sink said about a record in the window.
  void answered(Entry entry, State state) {
    entry.state = state;
    sent--;
    if (state == State.FAILED) {
      failed++;
    }
  }

  /// The records at the head of the window that are acknowledged or rejected. Where a record has
  /// failed and nothing is under way any more, that and all behind it go back to be sent again: so
  /// the order of first copies on the topic is that of the numbers.
  Deque<Entry> decided() {
    var decided = new ArrayDeque<Entry>();
    while (!window.isEmpty()
        && (window.getFirst().state == State.ACKNOWLEDGED
            || window.getFirst().state == State.REJECTED)) {
      var head = window.remove();
      settleHead(head);
      decided.add(head);
    }
    if (!window.isEmpty() && sent == 0) {
      var again = new ArrayDeque<Entry>();
      for (var entry : window) {
        if (entry.state != State.REJECTED) {
          entry.state = State.WAITING;
        }
        if (entry.segment != null) {
          meter.spooled(1);
        }
        again.add(entry);
      }
      window.clear();
      failed = 0;
      stretches.addFirst(new InMemory(again));
    }
    return decided;
  }

  /// All numbers up to that of the entry are settled.
  private void settleHead(Entry entry) {
    settle(entry);
    settled.merge(entry.spooled.run(), entry.spooled.sequence(), Math::max);
  }

  private void settle(Entry entry) {
    inMemory--;
    settled(entry.spooled.run(), 1);
    if (entry.segment != null) {
      entry.segment.settled(key(entry), 1);
    }
  }

  private void settled(String ofRun, long count) {
    outstanding.merge(ofRun, -count, Long::sum);
    outstanding.values().removeIf(left -> left == 0);
  }

  /// Gives up the records of a segment that the sink has not got.
  ///
  /// @return how many, by run
  Map<String, Long> giveUp(Segment segment) {
    var given = new HashMap<String, Long>();
    segment
        .outstandingOf(topic)
        .forEach(
            (key, count) -> {
              long sent =
                  window.stream()
                      .filter(entry -> entry.segment == segment && key(entry).equals(key))
                      .count();
              segment.settled(key, count);
              giveUp(key.run(), count - sent, given);
            });
    window.stream()
        .filter(entry -> entry.segment == segment)
        .forEach(entry -> entry.segment = null);
    for (var stretch : stretches) {
      switch (stretch) {
        case InMemory(var entries) -> {
          int before = entries.size();
          entries.removeIf(entry -> entry.segment == segment);
          inMemory -= before - entries.size();
        }
        case OnDisk onDisk -> {
          if (onDisk.segments.peekFirst() == segment) {
            close(onDisk);
          }
          onDisk.segments.remove(segment);
        }
      }
    }
    stretches.removeIf(stretch -> stretch instanceof OnDisk disk && disk.segments.isEmpty());
    return given;
  }

  private void giveUp(String ofRun, long count, Map<String, Long> given) {
    if (count > 0) {
      meter.spooled(-count);
      settled(ofRun, count);
      given.merge(ofRun, count, Long::sum);
    }
  }

  /// Takes the records that are in memory only.
  Deque<Entry> takeUnspooled() {
    var gone = new ArrayDeque<Entry>();
    window.stream().filter(entry -> entry.segment == null).forEach(gone::add);
    window.removeIf(entry -> entry.segment == null);
    for (var stretch : stretches) {
      if (stretch instanceof InMemory(var entries)) {
        entries.stream().filter(entry -> entry.segment == null).forEach(gone::add);
        entries.removeIf(entry -> entry.segment == null);
      }
    }
    gone.forEach(this::settle);
    return gone;
  }

  /// When the oldest record in memory was made; empty if there is none.
  Optional<Instant> oldestInMemory() {
    return heads().map(entry -> entry.spooled.record().at()).min(Instant::compareTo);
  }

  /// The first records in memory of the window and of each stretch.
  private Stream<Entry> heads() {
    return Stream.concat(
        window.stream().limit(1),
        stretches.stream()
            .flatMap(
                stretch ->
                    stretch instanceof InMemory(var entries)
                        ? entries.stream().limit(1)
                        : Stream.of()));
  }

  /// Whether a record waits that was made before then, or that did not fit into memory.
  boolean hasOlderThan(Instant limit) {
    return heads().anyMatch(entry -> entry.spooled.madeAt().isBefore(limit))
        || stretches.stream().anyMatch(OnDisk.class::isInstance);
  }

  /// All records of the run on this topic with a smaller number are settled; empty if all are.
  Optional<Long> unsettled(String ofRun) {
    if (!outstanding.containsKey(ofRun)) {
      return Optional.empty();
    }
    long known = settled.getOrDefault(ofRun, -1L) + 1;
    if (!window.isEmpty()) {
      return Optional.of(atLeast(known, window.getFirst().spooled, ofRun));
    }
    for (var stretch : stretches) {
      switch (stretch) {
        case InMemory(var entries) when !entries.isEmpty() -> {
          return Optional.of(atLeast(known, entries.getFirst().spooled, ofRun));
        }
        case InMemory _ -> {}
        case OnDisk onDisk -> {
          var first =
              onDisk.segments.stream()
                  .flatMap(segment -> segment.firstSequence(new Segment.Key(ofRun, topic)).stream())
                  .findFirst();
          return Optional.of(Math.max(known, first.orElse(known)));
        }
      }
    }
    return Optional.of(known);
  }

  private static long atLeast(long known, SpooledRecord head, String ofRun) {
    return head.run().equals(ofRun) ? Math.max(known, head.sequence()) : known;
  }

  private void extend(Segment segment, long sequence) {
    var last = stretches.peekLast() instanceof OnDisk open ? open : new OnDisk();
    if (last != stretches.peekLast()) {
      stretches.add(last);
    }
    if (last.until < 0) {
      last.from = taken.getOrDefault(run, -1L);
    }
    last.until = sequence;
    if (last.segments.peekLast() != segment) {
      last.segments.add(segment);
    }
  }

  /// Puts the next records of a stretch on disk into memory, in front of it.
  ///
  /// @return whether its file could be opened
  private boolean load(OnDisk stretch, Spool spool) {
    var chunk = new ArrayDeque<Entry>();
    int bytes = 0;
    while (!stretch.segments.isEmpty() && chunk.size() < CHUNK_RECORDS && bytes < CHUNK_BYTES) {
      var segment = stretch.segments.getFirst();
      if (!open(stretch, segment, spool)) {
        break;
      }
      var next = read(stretch);
      if (next.isEmpty()) {
        close(stretch);
        stretch.segments.remove();
        countUnreadable(segment, chunk);
        continue;
      }
      var spooled = next.get();
      if (isDue(spooled, segment, stretch)) {
        chunk.add(new Entry(spooled, Optional.of(segment)));
        bytes += spooled.bytes();
        taken.merge(spooled.run(), spooled.sequence(), Math::max);
        inMemory++;
      }
    }
    boolean opened = !chunk.isEmpty() || stretch.segments.isEmpty();
    if (stretch.segments.isEmpty()) {
      stretches.removeFirst();
    }
    if (!chunk.isEmpty()) {
      stretches.addFirst(new InMemory(chunk));
    }
    return opened;
  }

  private boolean isDue(SpooledRecord spooled, Segment segment, OnDisk stretch) {
    return spooled.topic().equals(topic)
        && (spooled.run().equals(run)
            ? spooled.sequence() > stretch.from && spooled.sequence() <= stretch.until
            : spooled.sequence() > taken.getOrDefault(spooled.run(), -1L))
        && segment.outstanding(new Segment.Key(spooled.run(), topic)) > 0;
  }

  /// @return whether it is open, or gone for good
  private static boolean open(OnDisk stretch, Segment segment, Spool spool) {
    if (stretch.reader != null) {
      return true;
    }
    try {
      var reader = spool.reader(segment);
      stretch.reader = reader.orElse(null);
      return reader.isPresent();
    } catch (IOException _) {
      return true;
    }
  }

  private static Optional<SpooledRecord> read(OnDisk stretch) {
    var reader = stretch.reader;
    if (reader == null) {
      return Optional.empty();
    }
    try {
      return reader.next();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Counts the records that should have been in a segment that was read to its end.
  private void countUnreadable(Segment segment, Deque<Entry> chunk) {
    boolean readAgain =
        stretches.stream()
            .anyMatch(later -> later instanceof OnDisk disk && disk.segments.contains(segment));
    if (readAgain) {
      return;
    }
    segment
        .outstandingOf(topic)
        .forEach(
            (key, count) -> {
              long lost = count - here(window, key, segment) - here(chunk, key, segment);
              for (var stretch : stretches) {
                if (stretch instanceof InMemory(var entries)) {
                  lost -= here(entries, key, segment);
                }
              }
              if (lost > 0) {
                segment.settled(key, lost);
                giveUp(key.run(), lost, new HashMap<>());
                unreadable.accept(key.run(), lost);
              }
            });
  }

  private long here(Deque<Entry> entries, Segment.Key key, Segment segment) {
    return entries.stream()
        .filter(entry -> entry.segment == segment && key(entry).equals(key))
        .count();
  }

  private Segment.Key key(Entry entry) {
    return new Segment.Key(entry.spooled.run(), topic);
  }

  private static void close(OnDisk stretch) {
    var reader = stretch.reader;
    stretch.reader = null;
    if (reader != null) {
      try {
        reader.close();
      } catch (IOException _) {
        // It was only read.
      }
    }
  }
}
