package io.halfsecond.streams.histogram;

/// How far a median has moved, with its 95 % interval.
///
/// The interval adds the medians' order statistics in quadrature, each rounded outwards to the edge
/// of its bin.
///
/// @param median difference of the medians, negative if it moved down
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
