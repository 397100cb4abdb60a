package io.halfsecond.streams.histogram;

/// Logarithmic bins of one relative width.
///
/// Bin 0 holds what is below 1; bin i ≥ 1 holds [w^(i−1), w^i) with w = 1 + width; the last one also all that is
/// larger than 10¹⁸ (31 years, for nanoseconds).
public enum Bins {
  /** 3 % wide: what people and networks take part in. */
  WIDE(0.03),
  /** 1 % wide: the active probe, which has neither. */
  NARROW(0.01),
  /** ¼ % wide: counts that hardly vary, where 10 page faults in 750 must be seen. */
  FINE(0.0025);

  private static final double LARGEST = 1e18;

  private final double logWidth;
  private final int last;

  Bins(double width) {
    this.logWidth = StrictMath.log(1 + width);
    this.last = 1 + (int) (StrictMath.log(LARGEST) / logWidth);
  }

  /// The number of the last bin.
  public int last() {
    return last;
  }

  /// @param value at least 0
  public int binOf(double value) {
    return (int) coordinateOf(value);
  }

  /// The bin and how far into it the value lies, evenly spread on the logarithmic scale.
  public double coordinateOf(double value) {
    return value < 1 ? 0 : Math.min(last, 1 + StrictMath.log(value) / logWidth);
  }

  /// The value at a bin's number and a share of its width.
  public double valueAt(double coordinate) {
    return coordinate < 1 ? 0 : StrictMath.exp((coordinate - 1) * logWidth);
  }
}
