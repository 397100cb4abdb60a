package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayDeque;

/// The samples since a CUSUM was last at zero: if there has been a change, those after it.
///
/// Page 1954: the sum of log-likelihood ratios, restarted when it falls to zero. Here the ratio is
/// by how much what the bets hold grows: each counts by its evidence. With equal weights the bets
/// on far tails, which lose on every small shift, pull the mixture down and put the onset of +50 ms
/// 50 samples late instead of 2.
final class Excursion {
  /// So many last samples are kept one by one, to place the onset of a sharp shift among them. A
  /// creeping one has no place.
  static final int SHARP = 32;

  /// One of the last samples.
  ///
  /// @param micros event time since the epoch
  record Recent(long micros, int bin) {}

  /// How many of the last samples are kept.
  final int kept;

  float height;

  /// Event time of the first sample.
  long startMicros;

  /// Event time of the last sample before it; 0 if there is none.
  long beforeMicros;

  /// Event time of the last sample.
  long lastMicros;

  /// Blocks with data, before the open one.
  int votes;

  final Histogram samples = new Histogram();
  final ArrayDeque<Recent> tail = new ArrayDeque<>();
  final Sources sources = new Sources();
  final Mean waiting = new Mean();

  Excursion(int kept) {
    this.kept = kept;
  }

  /// Whether a sample could change anything. Mostly nothing moves, and it could not.
  ///
  /// @param growth by how much what the bets hold would grow
  boolean concerns(double growth) {
    return growth > 0 || height > 0;
  }

  /// @param stake what the bets hold; 0 if they are none
  /// @param growth by how much that grows with the sample
  /// @param previousMicros event time of the sample before it; 0 if there is none
  void add(double stake, double growth, Block.Entry sample, int bin, long previousMicros) {
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
    tail.addLast(new Recent(sample.micros(), bin));
    if (tail.size() > kept) {
      tail.removeFirst();
    }
    sources.add(sample.source());
    waiting.add(sample.waiting());
  }

  boolean isEmpty() {
    return samples.isEmpty();
  }

  void closeBlock() {
    if (!isEmpty()) {
      votes++;
    }
  }

  void clear() {
    height = 0;
    startMicros = 0;
    beforeMicros = 0;
    lastMicros = 0;
    votes = 0;
    samples.clear();
    tail.clear();
    sources.clear();
    waiting.clear();
  }
}
