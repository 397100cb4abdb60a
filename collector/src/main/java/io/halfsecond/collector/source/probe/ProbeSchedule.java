package io.halfsecond.collector.source.probe;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// When the next round of probes may come.
///
/// **Guarantees** never sooner than four fifths of the interval, which is not often enough for
/// OpenSSH's PerSourcePenalties (9.8 and later, srclimit.c): a round of [#IDENTIFICATIONS]
/// connections that leave after the banner and one refused user adds 1 s (noauth) each and 5 s
/// (authfail or invaliduser) to what is held against its address, which runs down by 1 s a second,
/// and only more than 15 s (min) is acted upon. Where the server turns the address away all the
/// same, as others fail from it too, the probe stays away for a quarter of an hour, and twice as
/// long each time again, up to a day.
///
/// Confined to one thread.
final class ProbeSchedule {
  /// Connections that only wait for the banner, in each round; the least of these and the last is
  /// the round's.
  static final int IDENTIFICATIONS = 4;

  private static final double JITTER = 0.2;
  private static final Duration AWAY = Duration.ofMinutes(15);
  private static final Duration LONGEST_AWAY = Duration.ofDays(1);

  private final Duration interval;
  private final RandomGenerator random;
  private Duration away = AWAY;

  /// @param random so that a fleet's hosts, started at once, do not probe at once
  ProbeSchedule(Duration interval, RandomGenerator random) {
    this.interval = interval;
    this.random = random;
  }

  /// From the start to the first round.
  Duration first() {
    return Duration.ofNanos((long) (interval.toNanos() * random.nextDouble()));
  }

  /// From the end of a round to the start of the next.
  Duration next() {
    away = AWAY;
    return Duration.ofNanos((long) (interval.toNanos() * (1 - JITTER * random.nextDouble())));
  }

  /// The same, after a round that was penalised.
  Duration turnedAway() {
    var pause = away;
    away = away.multipliedBy(2).compareTo(LONGEST_AWAY) < 0 ? away.multipliedBy(2) : LONGEST_AWAY;
    return pause;
  }
}
