package io.halfsecond.deploy.simulation;

import io.halfsecond.deploy.simulation.Injection.Clock;
import io.halfsecond.deploy.simulation.Injection.Creep;
import io.halfsecond.deploy.simulation.Injection.Gap;
import io.halfsecond.deploy.simulation.Injection.Scan;
import io.halfsecond.deploy.simulation.Injection.SlowAuthentication;
import io.halfsecond.deploy.simulation.Injection.SlowLibrary;
import java.util.List;
import java.util.stream.IntStream;

/// What all injections together do to a host at a time, given in milliseconds since the begin.
final class Changes {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final List<Affected> all;

  Changes(List<Injection> injections, Seed seed, int hosts) {
    all =
        IntStream.range(0, injections.size())
            .mapToObj(number -> new Affected(injections.get(number), number, seed, hosts))
            .toList();
  }

  List<Affected> all() {
    return all;
  }

  /// Nanoseconds by which startup takes longer, all of it CPU time.
  long startupNanos(int host, long atMillis) {
    long nanos = 0;
    for (var affected : all) {
      long since = atMillis - affected.sinceMillis(host);
      if (since >= 0) {
        nanos +=
            switch (affected.injection()) {
              case SlowLibrary library -> library.delay().toNanos();
              case Creep creep ->
                  (long)
                      (creep.delay().toNanos()
                          * Math.min(1, (double) since / creep.over().toMillis()));
              case SlowAuthentication _, Gap _, Clock _, Scan _ -> 0;
            };
      }
    }
    return nanos;
  }

  /// Nanoseconds by which authentication takes longer, none of it CPU time.
  long preauthNanos(int host, long atMillis) {
    long nanos = 0;
    for (var affected : all) {
      if (affected.injection() instanceof SlowAuthentication slow
          && atMillis >= affected.sinceMillis(host)) {
        nanos += slow.delay().toNanos();
      }
    }
    return nanos;
  }

  /// Nanoseconds by which the clock of the host is ahead.
  long clockNanos(int host, long atMillis) {
    long nanos = 0;
    for (var affected : all) {
      if (affected.injection() instanceof Clock clock && atMillis >= affected.sinceMillis(host)) {
        nanos += clock.by().toMillis() * NANOS_PER_MILLI;
      }
    }
    return nanos;
  }

  /// Whether records are lost.
  boolean isLost(int host, long atMillis) {
    for (var affected : all) {
      if (affected.injection() instanceof Gap gap
          && affected.during(host, atMillis, gap.length())) {
        return true;
      }
    }
    return false;
  }

  /// How many times as many connections there are as usual.
  int scanned(int host, long atMillis) {
    int times = 1;
    for (var affected : all) {
      if (affected.injection() instanceof Scan scan
          && affected.during(host, atMillis, scan.length())) {
        times *= scan.times();
      }
    }
    return times;
  }

  /// How often the library of [Platform#LIBRARY] was replaced by then.
  int releases(int host, long atMillis) {
    int releases = 0;
    for (var affected : all) {
      if (affected.injection() instanceof SlowLibrary && atMillis >= affected.sinceMillis(host)) {
        releases++;
      }
    }
    return releases;
  }
}
