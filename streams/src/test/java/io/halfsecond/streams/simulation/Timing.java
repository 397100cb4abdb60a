package io.halfsecond.streams.simulation;

/// The times of samples.
///
/// @param everySeconds from one group of samples to the next
/// @param atOnce samples in a group
/// @param apartSeconds from one sample of a group to the next
public record Timing(double everySeconds, int atOnce, double apartSeconds) {
  public static final Timing MINUTELY = every(60);

  /// Ten logins within a minute, every ten minutes.
  public static final Timing BURSTS = new Timing(600, 10, 6);

  /// Three logins an hour.
  public static final Timing SPARSE = every(1_200);

  /// A login a second.
  public static final Timing BUSY = every(1);

  public static Timing every(double seconds) {
    return new Timing(seconds, 1, 0);
  }

  double second(long sample) {
    long group = sample / atOnce;
    return group * everySeconds + sample % atOnce * apartSeconds;
  }
}
