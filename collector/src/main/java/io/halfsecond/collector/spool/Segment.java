package io.halfsecond.collector.spool;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// One file of the spool: which of its records are neither acknowledged nor given up.
public final class Segment {
  /// The records of one topic and run.
  public record Key(String run, String topic) {}

  private static final class Tally {
    private final long firstSequence;
    private long outstanding;
    private Instant oldestAt;

    Tally(SpooledRecord first) {
      this.firstSequence = first.sequence();
      this.oldestAt = first.record().at();
    }
  }

  private final Path file;
  private final long position;
  private final Map<Key, Tally> tallies = new HashMap<>();
  private final long bornNanos;
  private long bytes;
  private long outstanding;

  /// Since when it cannot be opened; empty if it can.
  private OptionalLong closedSinceNanos = OptionalLong.empty();

  /// @param position of its first record among all that were ever in the spool
  /// @param bornNanos when its first record was made, by the monotonic clock
  Segment(Path file, long position, long bornNanos) {
    this.file = file;
    this.position = position;
    this.bornNanos = bornNanos;
  }

  Path file() {
    return file;
  }

  long position() {
    return position;
  }

  long bytes() {
    return bytes;
  }

  void bytes(long length) {
    bytes = length;
  }

  void add(SpooledRecord spooled) {
    var tally =
        tallies.computeIfAbsent(new Key(spooled.run(), spooled.topic()), _ -> new Tally(spooled));
    tally.outstanding++;
    if (spooled.record().at().isBefore(tally.oldestAt)) {
      tally.oldestAt = spooled.record().at();
    }
    outstanding++;
  }

  /// A record was acknowledged or given up.
  public void settled(Key key, long count) {
    Objects.requireNonNull(tallies.get(key)).outstanding -= count;
    outstanding -= count;
  }

  boolean settled() {
    return outstanding == 0;
  }

  public long outstanding(Key key) {
    var tally = tallies.get(key);
    return tally == null ? 0 : tally.outstanding;
  }

  /// The topics of its records.
  public Set<String> topics() {
    return tallies.keySet().stream().map(Key::topic).collect(Collectors.toSet());
  }

  /// Of each run, how many records of the topic are outstanding.
  public Map<Key, Long> outstandingOf(String topic) {
    var counts = new HashMap<Key, Long>();
    tallies.forEach(
        (key, tally) -> {
          if (key.topic().equals(topic) && tally.outstanding > 0) {
            counts.put(key, tally.outstanding);
          }
        });
    return counts;
  }

  /// The smallest number that a record of this topic and run has here.
  public Optional<Long> firstSequence(Key key) {
    return Optional.ofNullable(tallies.get(key)).map(tally -> tally.firstSequence);
  }

  /// Event time of the oldest of the records of which some are outstanding.
  Optional<Instant> oldestAt() {
    return tallies.values().stream()
        .filter(tally -> tally.outstanding > 0)
        .map(tally -> tally.oldestAt)
        .min(Instant::compareTo);
  }

  void opened() {
    closedSinceNanos = OptionalLong.empty();
  }

  /// It could not be opened.
  ///
  /// @return for how long it could not
  Duration notOpened(long nowNanos) {
    if (closedSinceNanos.isEmpty()) {
      closedSinceNanos = OptionalLong.of(nowNanos);
    }
    return Duration.ofNanos(nowNanos - closedSinceNanos.getAsLong());
  }

  Duration age(long nowNanos) {
    return Duration.ofNanos(nowNanos - bornNanos);
  }
}
