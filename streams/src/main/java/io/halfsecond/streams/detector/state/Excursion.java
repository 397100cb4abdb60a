package io.halfsecond.streams.detector.state;

import io.halfsecond.streams.histogram.Bins;
import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayDeque;

/// The samples since a CUSUM was last at zero. If there has been a change, these are the samples
/// after it.
///
/// The CUSUM (Page 1954) is the sum of log-likelihood ratios, restarted when it falls to zero. The
/// ratio is the growth of the stake of all bets, so each bet counts by its evidence. With equal
/// weights, bets on far tails, which lose on every small shift, would pull the mixture down and put
/// the onset of +50 ms 50 samples late instead of 2.
public final class Excursion {
  /// One of the last samples.
  ///
  /// @param micros event time
  record LastSample(long micros, int bin) {}

  public static final int TAIL = 32;

  private static final int BIN_ORDER = 6;

  private final int kept;

  private float height;

  /// Event time of the first sample.
  long startMicros;

  /// Event time of the last sample before it; 0 if there is none.
  long beforeMicros;

  /// Event time of the last sample.
  long lastMicros;

  /// Closed blocks with samples.
  private int votes;

  final ArrayDeque<LastSample> tail = new ArrayDeque<>(1);
  public final Histogram samples = new Histogram();
  public final DistinctSources sources = new DistinctSources();
  public final RunningMean waiting = new RunningMean();

  /// @param kept how many of the last samples are kept one by one, to locate the onset among them;
  ///   [#TAIL] for a sharp shift, 0 for a creeping one, which has no sharp onset
  public Excursion(int kept) {
    this.kept = kept;
  }

  /// Whether adding a sample could change anything. It usually cannot, because nothing shifts.
  ///
  /// @param growth of the stake of the bets
  public boolean concerns(double growth) {
    return growth > 0 || height > 0;
  }

  /// @param stake of the bets; 0 if there are none
  /// @param growth of the stake with this sample
  /// @param previousMicros event time of the sample before it; 0 if there is none
  public void add(double stake, double growth, KeptSample sample, int bin, long previousMicros) {
    height = stake == 0 ? 0 : (float) Math.max(0, height + StrictMath.log1p(growth / stake));
    if (height == 0) {
      clear();
      return;
    }
    if (samples.isEmpty()) {
      startMicros = sample.micros();
      beforeMicros = previousMicros;
    }
    samples.add(bin, 1);
    lastMicros = sample.micros();
    tail.addLast(new LastSample(sample.micros(), bin));
    if (tail.size() > kept) {
      tail.removeFirst();
    }
    sources.add(sample.source());
    waiting.add(sample.waiting());
  }

  public void closeBlock() {
    if (!samples.isEmpty()) {
      votes++;
    }
  }

  public int votes() {
    return votes;
  }

  public void clear() {
    height = 0;
    votes = 0;
    samples.clear();
    tail.clear();
    sources.clear();
    waiting.clear();
  }

  public void writeTo(StateWriter out) {
    samples.writeTo(out);
    if (samples.isEmpty()) {
      return;
    }
    out.decimal(height);
    out.time(startMicros);
    out.knownTime(beforeMicros);
    out.time(lastMicros);
    out.count(votes);
    long before = out.origin;
    for (var sample : tail) {
      out.time(sample.micros(), before);
      out.number(sample.bin(), BIN_ORDER);
      before = sample.micros();
    }
    sources.writeTo(out);
    waiting.writeTo(out);
  }

  public void readFrom(StateReader in) {
    samples.add(Histogram.readFrom(in));
    if (samples.isEmpty()) {
      return;
    }
    height = in.decimal(Float.MIN_VALUE, "height");
    startMicros = in.time();
    beforeMicros = in.knownTime();
    lastMicros = in.time();
    votes = (int) in.count(Integer.MAX_VALUE - 1, "votes");
    long before = in.origin;
    var last = new Histogram();
    for (int i = 0; i < Math.min(kept, samples.total()); i++) {
      before = in.time(before);
      int bin = (int) in.number(BIN_ORDER, Bins.FINE.last(), "bin");
      tail.addLast(new LastSample(before, bin));
      last.add(bin, 1);
    }
    if (!samples.contains(last)) {
      throw in.corrupt("one of the last samples is not among the samples");
    }
    sources.readFrom(in);
    waiting.readFrom(in);
  }
}
