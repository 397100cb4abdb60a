package io.halfsecond.streams.detector;

import io.halfsecond.streams.detector.state.KeptSample;
import io.halfsecond.streams.histogram.Histogram;
import java.util.ArrayList;
import java.util.List;

/// The samples of the open block. They are ranked among what was known when the block began, so
/// they are kept until it ends, or until there are too many of them: then they are scored early.
final class Block {
  /// At most this many samples are kept.
  static final int CAPACITY = 32;

  /// Event times, microseconds since the epoch. Meaningless while the block is empty.
  long start;

  long end;
  final List<KeptSample> unscored = new ArrayList<>(4);

  /// The scored samples. All samples of the block join the reference when it ends.
  final Histogram scored = new Histogram();

  boolean isEmpty() {
    return unscored.isEmpty() && scored.isEmpty();
  }

  void clear() {
    unscored.clear();
    scored.clear();
  }
}
