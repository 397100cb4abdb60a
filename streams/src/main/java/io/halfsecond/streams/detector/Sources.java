package io.halfsecond.streams.detector;

/// Tells no, one, or several different sources of connections. Which, it does not remember beyond
/// the first two.
final class Sources {
  /// Of a connection whose source is not known.
  static final int UNKNOWN = 0;

  int first = UNKNOWN;
  int second = UNKNOWN;

  void add(int source) {
    if (first == UNKNOWN) {
      first = source;
    } else if (source != UNKNOWN && source != first && second == UNKNOWN) {
      second = source;
    }
  }

  void add(Sources other) {
    add(other.first);
    add(other.second);
  }

  /// 0, 1, or 2 for two or more.
  int count() {
    return second != UNKNOWN ? 2 : first != UNKNOWN ? 1 : 0;
  }

  void clear() {
    first = UNKNOWN;
    second = UNKNOWN;
  }
}
