package io.halfsecond.streams.histogram;

import java.util.stream.IntStream;

/// Logarithmic bins of the same relative width.
///
/// Bin 0 contains the values below 1. Bin i ≥ 1 contains [w^(i−1), w^i) with w = 1 + width. The
/// last bin also contains all values above 10¹⁸ (31 years in nanoseconds).
public enum Bins {
  /** 3 % wide: for signals that include people and networks. */
  WIDE(0.03),
  /** 1 % wide: for the active probe, which includes neither. */
  NARROW(0.01),
  /** ¼ % wide: for counts that hardly vary, in which 10 page faults of 750 must be visible. */
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

  /// Computed once. The fields of enum constants must be immutable.
  private static final class Edges {
    private static final double[] WIDE = of(Bins.WIDE);
    private static final double[] NARROW = of(Bins.NARROW);
    private static final double[] FINE = of(Bins.FINE);

    private static double[] of(Bins bins) {
      return IntStream.rangeClosed(0, bins.last + 1).mapToDouble(bins::valueAt).toArray();
    }
  }

  /// The lower edge of each bin, then the upper edge of the last one. Must not be modified.
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
    // The exponent plus a parabola of the mantissa approximates the logarithm within 0.8 %. A few
    // steps correct the rest.
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

  /// The value at a bin coordinate: the number of a bin plus a fraction of its width.
  public double valueAt(double coordinate) {
    return coordinate < 1 ? 0 : StrictMath.exp((coordinate - 1) * logWidth);
  }
}
