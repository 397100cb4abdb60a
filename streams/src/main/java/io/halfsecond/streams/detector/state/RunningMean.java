package io.halfsecond.streams.detector.state;

/// A running mean with exponential forgetting: a new value weighs at least 1/2,000, or more in a
/// mean of the last few.
///
/// The mean is a `float`, as in the serialised state.
public final class RunningMean {
  public static final double NOT_KNOWN = -1;

  private static final int MEMORY = 2000;

  private final int memory;
  private float value;
  private int count;

  public RunningMean() {
    this(MEMORY);
  }

  /// @param memory a new value weighs at least 1/memory
  public RunningMean(int memory) {
    this.memory = memory;
  }

  /// @param next negative if not known: then it is ignored
  public void add(double next) {
    if (next < 0) {
      return;
    }
    count = Math.min(memory, count + 1);
    value += (float) ((next - value) / count);
  }

  /// Adds the values of another mean.
  public void add(RunningMean other) {
    if (other.count > 0) {
      long both = (long) count + other.count;
      value += (float) ((double) (other.value - value) * other.count / both);
      count = (int) Math.min(memory, both);
    }
  }

  public boolean isKnown() {
    return count > 0;
  }

  /// Whether no value weighs more than the smallest weight.
  public boolean isFull() {
    return count == memory;
  }

  public RunningMean copy() {
    var copy = new RunningMean(memory);
    copy.replaceBy(this);
    return copy;
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
    count = (int) in.count(memory, "number of values");
    if (count > 0) {
      value = in.decimal(0, "mean");
    }
  }
}
