package io.halfsecond.streams.telemetry;

import io.halfsecond.schemas.RunProgress;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Which records of one run of a collector have arrived, by their numbers.
///
/// A collector numbers all its records in one sequence, and sends them on several topics, which are
/// read shifted against each other. So a number that has not arrived is **lost** only when two
/// things are known: the collector has settled it (its record is acknowledged or given up), and
/// every record that was acknowledged by then has been read. A heartbeat tells both, see
/// [RunProgress]. No time is involved: a backlog of any size and age is no loss.
///
/// Not safe for use by several threads.
final class SequenceRun {
  /// Maximum number of gaps. Beyond it, the lowest gap is forgotten, and its numbers count as lost
  /// only if they are settled.
  static final int MAX_GAPS = 512;

  /// After so many heartbeats, a record that one names counts as lost itself. That is ten minutes
  /// at the usual interval; an acknowledged record is usually read within seconds.
  static final int PATIENCE = 60;

  /// Maximum number of counters that a heartbeat may name.
  private static final int MAX_COUNTERS = 64;

  /// An account of the collector that awaits the records that it names.
  ///
  /// @param settled all smaller numbers are decided
  /// @param givenUp how many records were given up
  /// @param named numbers of acknowledged records
  private record Account(long settled, long givenUp, List<Long> named) {}

  private long countedFrom;

  /// From the first missing number to the one after the last.
  private final TreeMap<Long, Long> gaps = new TreeMap<>();

  /// Numbers that were judged lost, as gaps: their records may still come, when a partition was out
  /// of reach for long.
  private final TreeMap<Long, Long> judgedLost = new TreeMap<>();

  /// The last value of each counter that the heartbeats of the run carry.
  private final Map<String, Long> counters = new LinkedHashMap<>();

  private long next;
  private long lost;
  private long settled;
  private long forgottenBelow;
  private long givenUp;
  private long unexplained;
  private long newestMicros = Long.MIN_VALUE;
  private boolean beats;
  private Optional<Account> account = Optional.empty();
  private int waited;

  /// @param countedFrom smaller numbers do not count as lost
  SequenceRun(long countedFrom) {
    this.countedFrom = countedFrom;
  }

  /// All numbers of the run count: it began after the host was first seen.
  void countAll() {
    countedFrom = 0;
  }

  /// Takes the number of a record into account.
  ///
  /// @return false if it had arrived before
  boolean arrive(long number, long atMicros) {
    newestMicros = Math.max(newestMicros, atMicros);
    if (number >= next) {
      extendTo(number);
      next = number + 1;
      return true;
    }
    // Whether a number of a forgotten gap has arrived is not known.
    return fill(gaps, number) || fill(judgedLost, number) || number < forgottenBelow;
  }

  /// @return whether the number was in a gap
  private static boolean fill(NavigableMap<Long, Long> gaps, long number) {
    var gap = gaps.floorEntry(number);
    if (gap == null || number >= gap.getValue()) {
      return false;
    }
    gaps.remove(gap.getKey());
    put(gaps, gap.getKey(), number);
    put(gaps, number + 1, gap.getValue());
    return true;
  }

  /// Takes the collector's account of the run.
  void take(RunProgress progress) {
    extendTo(progress.getEnded() ? progress.getAssigned() : progress.getSettled());
    if (account.isPresent() && ++waited < PATIENCE) {
      return;
    }
    account.ifPresent(this::close);
    waited = 0;
    account =
        Optional.of(
            new Account(
                progress.getSettled(),
                progress.getDropped().values().stream()
                    .reduce(progress.getUnaccounted(), Counts::sum),
                List.copyOf(progress.getLastAcknowledged().values())));
  }

  /// Decides what is lost by now.
  ///
  /// @return how many more records are lost than the collector has given up itself
  long settle() {
    account.filter(due -> due.named().stream().allMatch(this::arrived)).ifPresent(this::close);
    while (gaps.size() > MAX_GAPS) {
      var lowest = gaps.pollFirstEntry();
      count(lowest.getKey(), Math.min(lowest.getValue(), settled));
      if (lowest.getValue() > settled) {
        forgottenBelow = Math.max(forgottenBelow, lowest.getValue());
      }
    }
    long before = unexplained;
    unexplained = Math.max(unexplained, lost - givenUp);
    return unexplained - before;
  }

  /// Counts what a counter has grown by since the last call.
  ///
  /// @param name of the counter, which only grows within a run
  long growth(String name, long value) {
    long before = counters.getOrDefault(name, 0L);
    if (value <= before || (counters.size() >= MAX_COUNTERS && !counters.containsKey(name))) {
      return 0;
    }
    counters.put(name, value);
    return value - before;
  }

  /// Whether the run has sent a heartbeat. From now on it has.
  boolean beat() {
    boolean before = beats;
    beats = true;
    return before;
  }

  /// The newest event time of its records, in microseconds.
  long newestMicros() {
    return newestMicros;
  }

  private boolean arrived(long number) {
    var gap = gaps.floorEntry(number);
    return number < countedFrom || (number < next && (gap == null || number >= gap.getValue()));
  }

  /// Whatever is missing below the settled number is lost.
  private void close(Account due) {
    account = Optional.empty();
    givenUp = Math.max(givenUp, due.givenUp());
    settled = Math.max(settled, due.settled());
    List.copyOf(gaps.headMap(due.settled()).keySet()).forEach(from -> lose(from, due.settled()));
  }

  /// Takes the part of a gap below `end` for lost, except for numbers that do not count: their
  /// records may still be read.
  private void lose(long from, long end) {
    long to = Optional.ofNullable(gaps.remove(from)).orElse(from);
    put(gaps, from, Math.min(to, countedFrom));
    put(gaps, Math.max(from, Math.max(end, countedFrom)), to);
    count(from, Math.min(to, end));
    put(judgedLost, Math.max(from, countedFrom), Math.min(to, end));
    while (judgedLost.size() > MAX_GAPS) {
      judgedLost.pollFirstEntry();
    }
  }

  private void count(long from, long to) {
    lost = Counts.sum(lost, Math.max(0, to - Math.max(from, countedFrom)));
  }

  private void extendTo(long number) {
    put(gaps, next, number);
    next = Math.max(next, number);
  }

  private static void put(NavigableMap<Long, Long> gaps, long from, long to) {
    if (from < to) {
      gaps.put(from, to);
    }
  }

  private static void write(DataOutputStream out, NavigableMap<Long, Long> gaps)
      throws IOException {
    out.writeShort(gaps.size());
    for (var gap : gaps.entrySet()) {
      out.writeLong(gap.getKey());
      out.writeLong(gap.getValue());
    }
  }

  private static void read(DataInputStream in, NavigableMap<Long, Long> gaps) throws IOException {
    int size = in.readUnsignedShort();
    for (int i = 0; i < size; i++) {
      gaps.put(in.readLong(), in.readLong());
    }
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(countedFrom);
    out.writeLong(next);
    out.writeLong(lost);
    out.writeLong(settled);
    out.writeLong(forgottenBelow);
    out.writeLong(givenUp);
    out.writeLong(unexplained);
    out.writeLong(newestMicros);
    out.writeBoolean(beats);
    write(out, gaps);
    write(out, judgedLost);
    Counts.write(out, counters);
    out.writeByte(waited);
    out.writeBoolean(account.isPresent());
    if (account.isPresent()) {
      var due = account.get();
      out.writeLong(due.settled());
      out.writeLong(due.givenUp());
      out.writeByte(due.named().size());
      for (long number : due.named()) {
        out.writeLong(number);
      }
    }
  }

  static SequenceRun read(DataInputStream in) throws IOException {
    var run = new SequenceRun(in.readLong());
    run.next = in.readLong();
    run.lost = in.readLong();
    run.settled = in.readLong();
    run.forgottenBelow = in.readLong();
    run.givenUp = in.readLong();
    run.unexplained = in.readLong();
    run.newestMicros = in.readLong();
    run.beats = in.readBoolean();
    read(in, run.gaps);
    read(in, run.judgedLost);
    Counts.read(in, run.counters);
    run.waited = in.readUnsignedByte();
    if (in.readBoolean()) {
      long settled = in.readLong();
      long givenUp = in.readLong();
      var named = new ArrayList<Long>();
      int size = in.readUnsignedByte();
      for (int i = 0; i < size; i++) {
        named.add(in.readLong());
      }
      run.account = Optional.of(new Account(settled, givenUp, List.copyOf(named)));
    }
    return run;
  }
}
