package io.halfsecond.streams.detector.state;

/// Counts the distinct sources of connections, up to two.
public final class DistinctSources {
  /// The source of a connection whose source is not known.
  public static final int UNKNOWN = 0;

  private int first = UNKNOWN;
  private int second = UNKNOWN;

  public void add(int source) {
    if (first == UNKNOWN) {
      first = source;
    } else if (source != UNKNOWN && source != first && second == UNKNOWN) {
      second = source;
    }
  }

  public void add(DistinctSources other) {
    add(other.first);
    add(other.second);
  }

  /// 0, 1, or 2 for two or more.
  public int count() {
    return second != UNKNOWN ? 2 : first != UNKNOWN ? 1 : 0;
  }

  public void clear() {
    first = UNKNOWN;
    second = UNKNOWN;
  }

  public void writeTo(StateWriter out) {
    out.source(first);
    if (first != UNKNOWN) {
      out.source(second);
    }
  }

  public void readFrom(StateReader in) {
    first = in.source();
    if (first != UNKNOWN) {
      second = in.source();
      if (second == first) {
        throw in.corrupt("the second source equals the first");
      }
    }
  }
}
