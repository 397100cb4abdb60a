package io.halfsecond.streams.detector.state;

import io.halfsecond.streams.histogram.BitWriter;

/// Writes the fields that recur in the detector's state. Times are written as distances from the
/// end of the last closed block.
public final class StateWriter extends BitWriter {
  /// The usual distances, about a minute (2^26 µs), get the shortest codes. So do small counts.
  static final int TIME_ORDER = 26;

  static final int COUNT_ORDER = 3;
  static final int ORIGIN_BITS = 58;
  final long origin;

  /// @param origin the end of the last closed block
  public StateWriter(long origin) {
    this.origin = origin;
  }

  public void writeOrigin() {
    fixed(origin, ORIGIN_BITS);
  }

  public void time(long micros) {
    time(micros, origin);
  }

  void time(long micros, long base) {
    signed(micros - base, TIME_ORDER);
  }

  /// @param micros 0 if not known
  public void knownTime(long micros) {
    flag(micros > 0);
    if (micros > 0) {
      time(micros);
    }
  }

  public void count(long count) {
    number(count, COUNT_ORDER);
  }

  public void source(int source) {
    flag(source != DistinctSources.UNKNOWN);
    if (source != DistinctSources.UNKNOWN) {
      fixed(source, Integer.SIZE);
    }
  }
}
