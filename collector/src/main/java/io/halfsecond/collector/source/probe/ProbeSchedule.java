package io.halfsecond.collector.source.probe;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// When the next round of probes may start.
///
/// **Guarantees** at least four fifths of the interval between rounds, so that OpenSSH's
/// PerSourcePenalties (9.8 and later, srclimit.c) do not apply: a round adds 1 s (noauth) for each
/// of the [#IDENTIFICATIONS] connections that leave after the banner and 5 s (authfail or
/// invaliduser) for the refused user to the penalty of its address; the penalty decreases by 1 s a
/// second and takes effect above 15 s (min). If the server turns the address away all the same,
/// because others fail from it too, the probe pauses for a quarter of an hour, and twice as long
/// each further time, up to a day.
///
/// Confined to one thread.
final class ProbeSchedule {
  /// Connections per round that wait for the banner only. The least time of these and the last one
  /// counts.
  static final int IDENTIFICATIONS = 4;

  private static final double JITTER = 0.2;
  private static final Duration AWAY = Duration.ofMinutes(15);
  private static final Duration LONGEST_AWAY = Duration.ofDays(1);

  private final Duration interval;
  private final RandomGenerator random;
  private Duration away = AWAY;

  /// @param random makes the hosts of a fleet that start together probe at different times
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

  /// The same after a round that was penalised.
  Duration turnedAway() {
    var pause = away;
    away = away.multipliedBy(2).compareTo(LONGEST_AWAY) < 0 ? away.multipliedBy(2) : LONGEST_AWAY;
    return pause;
  }
}
