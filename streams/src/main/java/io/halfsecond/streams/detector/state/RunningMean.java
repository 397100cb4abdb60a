package io.halfsecond.streams.detector.state;

/// A running mean with exponential forgetting: a new value weighs at least 1/2,000.
///
/// The mean is a `float`, as in the serialised state.
public final class RunningMean {
  public static final double NOT_KNOWN = -1;

  private static final int MEMORY = 2000;

  private float value;
  private int count;

  /// @param next negative if not known: then it is ignored
  public void add(double next) {
    if (next < 0) {
      return;
    }
    count = Math.min(MEMORY, count + 1);
    value += (float) ((next - value) / count);
  }

  /// [#NOT_KNOWN] if no value was added.
  public double value() {
    return count == 0 ? NOT_KNOWN : value;
  }

  public void replaceBy(RunningMean other) {
    value = other.value;
    count = other.count;
  }

  public void clear() {
    value = 0;
    count = 0;
  }

  public void writeTo(StateWriter out) {
    out.count(count);
    if (count > 0) {
      out.decimal(value);
    }
  }

  public void readFrom(StateReader in) {
    count = (int) in.count(MEMORY, "number of values");
    if (count > 0) {
      value = in.decimal(0, "mean");
    }
  }
}
