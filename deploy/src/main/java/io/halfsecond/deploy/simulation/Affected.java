package io.halfsecond.deploy.simulation;

import io.halfsecond.deploy.simulation.Injection.Share;
import io.halfsecond.deploy.simulation.Injection.SlowLibrary;
import io.halfsecond.deploy.simulation.Injection.Stage;
import io.halfsecond.deploy.simulation.Seed.Purpose;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Which hosts an injection affects, and from when on.
final class Affected {
  /// The hosts of a stage get the change within a minute, one after the other.
  private static final int SPREAD_MILLIS = 60_000;

  private static final long NEVER = Long.MAX_VALUE;
  private static final List<Stage> AT_ONCE =
      List.of(new Stage(new Share(100, true), Duration.ZERO));

  private final Injection injection;

  /// Milliseconds since the begin, by host.
  private final long[] since;

  /// @param number of the injection
  Affected(Injection injection, int number, Seed seed, int hosts) {
    this.injection = injection;
    this.since = new long[hosts];
    Arrays.fill(since, NEVER);
    int[] chosen = chosen(number, seed, hosts);
    int done = 0;
    var start = injection.at();
    for (var stage : injection instanceof SlowLibrary rollout ? rollout.stages() : AT_ONCE) {
      int until = stage.share().of(chosen.length);
      for (int n = done; n < until; n++) {
        since[chosen[n]] = start.toMillis() + (long) SPREAD_MILLIS * (n - done) / (until - done);
      }
      done = Math.max(done, until);
      start = start.plus(stage.length());
    }
  }

  /// The hosts, in random order.
  private int[] chosen(int number, Seed seed, int hosts) {
    var ranks = new long[hosts];
    // The host is in the low bits: no two ranks are the same.
    for (int host = 0; host < hosts; host++) {
      ranks[host] =
          (seed.of(Purpose.AFFECTED, host, number).nextLong() & -(long) Fleet.MOST_HOSTS) | host;
    }
    Arrays.sort(ranks);
    return Arrays.stream(ranks, 0, injection.hosts().of(hosts))
        .mapToInt(rank -> (int) (rank & (Fleet.MOST_HOSTS - 1)))
        .toArray();
  }

  Injection injection() {
    return injection;
  }

  boolean isAffected(int host) {
    return since[host] != NEVER;
  }

  /// Since the begin, in milliseconds; beyond all times for a host that is not affected.
  long sinceMillis(int host) {
    return since[host];
  }

  /// Whether it is in effect on the host.
  boolean during(int host, long atMillis, Duration length) {
    return atMillis >= since[host] && atMillis - since[host] < length.toMillis();
  }
}
