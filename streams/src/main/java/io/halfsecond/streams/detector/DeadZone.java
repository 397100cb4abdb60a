package io.halfsecond.streams.detector;

/// The shifts that are too small for an alert, however certain they are: those smaller than
/// `relative` times the value plus `absolute`.
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

  /// The value without the largest shift up within the dead zone.
  double shrink(double value) {
    return Math.max(0, (value - absolute) / (1 + relative));
  }

  /// The value without the largest shift down within the dead zone.
  public double grow(double value) {
    return value * (1 + relative) + absolute;
  }

  /// The dead zone that also contains shifts by a factor below e^`log`.
  DeadZone widenedBy(double log) {
    return new DeadZone((1 + relative) * StrictMath.exp(log) - 1, absolute);
  }
}
