package io.halfsecond.streams.detector.state;

import io.halfsecond.streams.histogram.BitReader;

/// Reads what [StateWriter] wrote.
public final class StateReader extends BitReader {
  private static final long LATEST = Micros.END_OF_TIME + Micros.DAY;

  long origin;

  public StateReader(byte[] bytes) {
    super("detector state", bytes);
  }

  /// Reads the end of the last closed block, from which the times after it are counted.
  public long readOrigin() {
    origin = within(fixed(StateWriter.ORIGIN_BITS));
    return origin;
  }

  public long time() {
    return time(origin);
  }

  long time(long base) {
    return within(base + signed(StateWriter.TIME_ORDER, "time"));
  }

  private long within(long micros) {
    if (micros < 0 || micros > LATEST) {
      throw corrupt("time " + micros + ", at most " + LATEST);
    }
    return micros;
  }

  /// 0 if not known.
  public long knownTime() {
    if (!flag()) {
      return 0;
    }
    long micros = time();
    if (micros == 0) {
      throw corrupt("a time flagged as known is 0");
    }
    return micros;
  }

  public long count(long most, String what) {
    return number(StateWriter.COUNT_ORDER, most, what);
  }

  public int source() {
    if (!flag()) {
      return DistinctSources.UNKNOWN;
    }
    int source = (int) fixed(Integer.SIZE);
    if (source == DistinctSources.UNKNOWN) {
      throw corrupt("a source flagged as known is 0");
    }
    return source;
  }
}
