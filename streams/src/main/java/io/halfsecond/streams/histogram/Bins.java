package io.halfsecond.streams.histogram;

import java.util.stream.IntStream;

/// Logarithmic bins of one relative width.
///
/// Bin 0 holds what is below 1; bin i ≥ 1 holds [w^(i−1), w^i) with w = 1 + width; the last one
/// also all that is larger than 10¹⁸ (31 years, for nanoseconds).
public enum Bins {
  /** 3 % wide: what people and networks take part in. */
  WIDE(0.03),
  /** 1 % wide: the active probe, which has neither. */
  NARROW(0.01),
  /** ¼ % wide: counts that hardly vary, where 10 page faults in 750 must be seen. */
  FINE(0.0025);

  private static final double LARGEST = 1e18;

  private static final long MANTISSA = (1L << 52) - 1;
  private static final int EXPONENT_BIAS = 1023;
  private static final double PARABOLA = 0.3437;

  private final double logWidth;
  private final double perOctave;
  private final int last;

  Bins(double width) {
    this.logWidth = StrictMath.log(1 + width);
    this.perOctave = StrictMath.log(2) / logWidth;
    this.last = 1 + (int) (StrictMath.log(LARGEST) / logWidth);
  }

  /// Made once for all: the values of an enum's constants must not change.
  private static final class Edges {
    private static final double[] WIDE = of(Bins.WIDE);
    private static final double[] NARROW = of(Bins.NARROW);
    private static final double[] FINE = of(Bins.FINE);

    private static double[] of(Bins bins) {
      return IntStream.rangeClosed(0, bins.last + 1).mapToDouble(bins::valueAt).toArray();
    }
  }

  /// Where each bin begins, and behind the last where that would end. Not to be changed.
  public double[] edges() {
    return switch (this) {
      case WIDE -> Edges.WIDE;
      case NARROW -> Edges.NARROW;
      case FINE -> Edges.FINE;
    };
  }

  /// The number of the last bin.
  public int last() {
    return last;
  }

  /// @param value at least 0
  public int binOf(double value) {
    double[] edges = edges();
    // The exponent and a parabola for the mantissa are within 0.8 % of the logarithm: a few steps
    // are left to go.
    long bits = Double.doubleToRawLongBits(value);
    double mantissa = (bits & MANTISSA) * 0x1p-52;
    double log2 = (bits >> 52) - EXPONENT_BIAS + mantissa * (1 + PARABOLA * (1 - mantissa));
    int bin = value < 1 ? 0 : Math.min(last, 1 + (int) (log2 * perOctave));
    while (bin < last && value >= edges[bin + 1]) {
      bin++;
    }
    while (value < edges[bin]) {
      bin--;
    }
    return bin;
  }

  /// The value at a bin's number and a share of its width.
  public double valueAt(double coordinate) {
    return coordinate < 1 ? 0 : StrictMath.exp((coordinate - 1) * logWidth);
  }
}
