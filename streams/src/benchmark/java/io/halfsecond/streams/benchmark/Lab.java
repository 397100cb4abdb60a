package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.Timing;
import io.halfsecond.streams.simulation.WatchedKey;
import io.halfsecond.streams.simulation.Wave;
import java.util.random.RandomGenerator;

/// Hosts that have learnt what is normal.
final class Lab {
  /// A host counts as mature from here on: its baseline holds no more.
  static final int MATURE = 20_000;

  /// So many of the samples learnt come at the pace of the series, so that the evidence is what it
  /// usually is,
  private static final int AT_ITS_PACE = 1_000;

  /// and for so long, so that a busy host is known to be one.
  private static final double LEAST_SECONDS = 2 * 3_600;

  /// A day more, and what was learnt has been committed.
  private static final double QUARANTINE_SECONDS = 8 * Wave.DAY_SECONDS;

  private Lab() {}

  /// A host and its series, which has come to where the change may be.
  record Learnt(WatchedKey host, Source source) {}

  /// A host without an alert: one with a false alarm while learning is given up, and another takes
  /// its place.
  ///
  /// @param samples learnt, most of them in one day; of 20,000, nearly all have come through
  ///   quarantine
  static Learnt learn(
      Setup setup, Regime regime, Model model, int samples, String name, RandomGenerator random) {
    Learnt learnt;
    do {
      learnt = attempt(setup, regime, model, samples, name, random);
    } while (learnt.host().alertOpen());
    return learnt;
  }

  private static Learnt attempt(
      Setup setup, Regime regime, Model model, int samples, String name, RandomGenerator random) {
    int paced =
        Math.min(
            samples / 2,
            Math.max(AT_ITS_PACE, (int) (LEAST_SECONDS / regime.timing().everySeconds())));
    var host = learnInADay(setup, regime, model, samples - paced, name, random);
    double start = samples >= MATURE ? QUARANTINE_SECONDS : Wave.DAY_SECONDS;
    var source = new Source(regime, model, random, start);
    for (int i = 0; i < paced; i++) {
      host.observe(source.next());
    }
    return new Learnt(host, source);
  }

  /// A host with samples learnt, but nothing bet yet: all of its first day.
  static WatchedKey learnInADay(
      Setup setup, Regime regime, Model model, int samples, String name, RandomGenerator random) {
    var dense = regime.with(Timing.every(Wave.DAY_SECONDS / samples));
    return setup.host(name).learn(new Source(dense, model, random, 0), samples);
  }
}
