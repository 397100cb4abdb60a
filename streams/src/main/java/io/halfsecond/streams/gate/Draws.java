package io.halfsecond.streams.gate;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/// What a host brings to one key of a trial: measurements from before the change, in random order,
/// and its last ones that wait for a partner.
///
/// **Guarantees** that the order follows from the seed, so a replay gives the same bits.
///
/// Not safe for use by several threads.
final class Draws {
  /// Measurements from before the change, at most.
  static final int MOST = 100;

  /// Logins of one burst share a level: of each minute, one counts.
  static final long APART_MICROS = 60_000_000L;

  /// A host that logs in more often than its partner needs no more.
  private static final int MOST_WAITING = 4;

  private static final double UNIT = 0x1p-53;

  /// A measurement that waits.
  ///
  /// @param micros since the begin of the trial
  record Waiting(long micros, float value) {}

  private final long seed;

  /// Those not drawn yet.
  private final Histogram before;

  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int drawn;

  /// When the last measurement was taken, as in [Waiting]; negative if none was.
  private long last;

  private Draws(long seed, Histogram before, int drawn, long last) {
    this.seed = seed;
    this.before = before;
    this.drawn = drawn;
    this.last = last;
  }

  /// Draws without replacement. Samples drawn so from a baseline are distributed like it, and as
  /// independent as its samples were.
  static Draws from(Histogram baseline, long seed) {
    var chosen = new Histogram();
    var left = baseline.copy();
    for (int i = 0; i < MOST && !left.isEmpty(); i++) {
      // The first indices are those of the draws.
      chosen.add(drawFrom(left, uniform(seed, -1L - i)), 1);
    }
    return new Draws(seed, chosen, 0, -1);
  }

  private static int drawFrom(Histogram samples, double uniform) {
    int bin = samples.binAtRank(1 + StrictMath.floor(uniform * samples.total()));
    samples.subtract(bin, 1);
    return bin;
  }

  /// Uniform on [0, 1): SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
  private static double uniform(long seed, long index) {
    return (mixed(seed + index * 0x9e3779b97f4a7c15L) >>> 11) * UNIT;
  }

  static long mixed(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// Whether a measurement of this time counts.
  boolean takes(long micros) {
    return !before.isEmpty() && (last < 0 || Math.abs(micros - last) >= APART_MICROS);
  }

  void took(long micros) {
    last = micros;
  }

  void await(long micros, double value) {
    waiting.addLast(new Waiting(micros, (float) value));
    if (waiting.size() > MOST_WAITING) {
      waiting.removeFirst();
    }
  }

  /// The waiting measurement that is nearest in time, the first of several.
  Optional<Waiting> nearest(long micros) {
    Waiting best = null;
    for (var each : waiting) {
      if (best == null || Math.abs(each.micros - micros) < Math.abs(best.micros - micros)) {
        best = each;
      }
    }
    return before.isEmpty() ? Optional.empty() : Optional.ofNullable(best);
  }

  void serve(Waiting served) {
    for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
      if (each.next().equals(served)) {
        each.remove();
        return;
      }
    }
  }

  /// A measurement minus the next one drawn from before the change.
  ///
  /// The baseline knows bins only. Both are placed at random within theirs, so that the difference
  /// is symmetric about 0 if nothing has changed, however narrow the distribution is.
  double difference(Bins bins, double value) {
    long index = 3L * drawn++;
    double earlier =
        bins.valueAt(drawFrom(before, uniform(seed, index)) + uniform(seed, index + 1));
    return bins.valueAt(bins.binOf(value) + uniform(seed, index + 2)) - earlier;
  }

  /// It takes no further part.
  void end() {
    before.clear();
    waiting.clear();
  }

  void writeTo(BitWriter out) {
    before.writeTo(out);
    out.number(drawn, 3);
    out.number(last + 1, 30);
    out.number(waiting.size(), 0);
    for (var each : waiting) {
      out.number(each.micros, 30);
      out.decimal(each.value);
    }
  }

  static Draws readFrom(BitReader in, Bins bins, long seed, long longestMicros) {
    var before = Histogram.readFrom(in);
    if (before.total() > MOST
        || (!before.isEmpty() && before.binAt(before.size() - 1) > bins.last())) {
      throw in.corrupt("%d samples, or beyond the last bin".formatted(before.total()));
    }
    int drawn = (int) in.number(3, MOST, "samples drawn");
    long last = in.number(30, longestMicros + 1, "time") - 1;
    var draws = new Draws(seed, before, drawn, last);
    int waiting = (int) in.number(0, MOST_WAITING, "number of waiting measurements");
    for (int i = 0; i < waiting; i++) {
      draws.waiting.addLast(
          new Waiting(in.number(30, longestMicros, "time"), in.decimal(0, "measurement")));
    }
    return draws;
  }
}
