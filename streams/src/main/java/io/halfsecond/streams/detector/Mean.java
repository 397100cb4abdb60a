package io.halfsecond.streams.detector;

/// A running mean that forgets: a value weighs at least a 2,000th.
///
/// Kept as `float`, so that it continues after bytes as before them.
final class Mean {
  static final int MEMORY = 2000;

  float value;
  int count;

  /// @param next negative if not known, which changes nothing
  void add(double next) {
    if (next < 0) {
      return;
    }
    count = Math.min(MEMORY, count + 1);
    value += (float) ((next - value) / count);
  }

  void replaceBy(Mean other) {
    value = other.value;
    count = other.count;
  }

  void clear() {
    value = 0;
    count = 0;
  }
}
