package io.halfsecond.streams.detector;

import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayList;
import java.util.List;

/// The samples of the open block. They are ranked among what was known when it began, so they are
/// kept until it ends, or until there are too many to keep and they are scored earlier.
final class Block {
  /// So many samples are kept at most.
  static final int CAPACITY = 32;

  /// A sample as it is kept.
  ///
  /// @param tie see [TieBreak]
  /// @param waitingCode see [#waiting()]
  record Entry(float value, int tie, long micros, int source, byte waitingCode) {
    private static final int CODES = 250;

    static Entry of(Sample sample) {
      return new Entry(
          (float) Math.min(sample.value(), Float.MAX_VALUE),
          TieBreak.of(sample.id()),
          sample.micros(),
          sample.source(),
          (byte) (sample.waiting() < 0 ? CODES + 1 : Math.round(sample.waiting() * CODES)));
    }

    /// 0 to 1, or negative if not known.
    double waiting() {
      int code = Byte.toUnsignedInt(waitingCode);
      return code > CODES ? Sample.NOT_KNOWN : (double) code / CODES;
    }
  }

  /// Event times, microseconds since the epoch; of no meaning while the block is empty.
  long start;

  long end;
  final List<Entry> unscored = new ArrayList<>(4);

  /// Those that have been scored: they join the reference with the others at the end.
  final Histogram scored = new Histogram();

  long total() {
    return unscored.size() + scored.total();
  }

  boolean isEmpty() {
    return unscored.isEmpty() && scored.isEmpty();
  }

  void clear() {
    start = 0;
    end = 0;
    unscored.clear();
    scored.clear();
  }
}
