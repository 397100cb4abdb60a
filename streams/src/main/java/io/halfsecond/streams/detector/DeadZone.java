package io.halfsecond.streams.detector;

/// Shifts that are not worth an alert, however sure they are: those of less than `relative` of the
/// value and `absolute` together.
///
/// @param relative 0.10 is 10 %
/// @param absolute in the signal's own unit
public record DeadZone(double relative, double absolute) {
  public static final DeadZone NONE = new DeadZone(0, 0);

  public DeadZone {
    requireSize("relative", relative);
    requireSize("absolute", absolute);
  }

  private static void requireSize(String name, double size) {
    if (!(size >= 0 && size < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "dead zone: " + name + " must be finite and at least 0, not " + size);
    }
  }

  /// A value as it would be had it not moved up by as much as is not worth an alert.
  double shrink(double value) {
    return Math.max(0, (value - absolute) / (1 + relative));
  }

  /// A value as it would be had it not moved down by as much.
  public double grow(double value) {
    return value * (1 + relative) + absolute;
  }

  /// Also leaves out shifts by a factor of less than e^`log`.
  DeadZone widenedBy(double log) {
    return new DeadZone((1 + relative) * StrictMath.exp(log) - 1, absolute);
  }
}
