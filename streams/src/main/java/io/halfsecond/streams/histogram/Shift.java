package io.halfsecond.streams.histogram;

/// The difference of two medians, with its 95 % interval.
///
/// The interval combines the intervals of both medians in quadrature, each rounded outwards to the
/// edges of bins.
///
/// @param median the difference, negative for a shift down
public record Shift(double median, double low, double high) {
  public static Shift of(Distribution before, Distribution after) {
    double shift = after.median() - before.median();
    return new Shift(
        shift,
        shift
            - StrictMath.hypot(
                after.median() - after.lowMedian(), before.highMedian() - before.median()),
        shift
            + StrictMath.hypot(
                after.highMedian() - after.median(), before.median() - before.lowMedian()));
  }
}
