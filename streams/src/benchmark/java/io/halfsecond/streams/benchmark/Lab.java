package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Host;
import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.Timing;
import io.halfsecond.streams.simulation.Wave;
import java.util.random.RandomGenerator;

/// Hosts that have learnt what is normal.
final class Lab {
  /// A host counts as mature from here on: its baseline holds no more.
  static final int MATURE = 20_000;
  /// So many of the samples learnt come at the pace of the series, so that the evidence is what it usually is.
  private static final int AT_ITS_PACE = 1_000;
  private static final double QUARANTINE_SECONDS = 8 * Wave.DAY_SECONDS;

  private Lab() {}

  /// A host and its series, which has come to where the change may be.
  record Learnt(Host host, Source source) {}

  /// @param samples learnt; of 20,000, 19,000 have come through quarantine
  static Learnt learn(Setup setup, Timing timing, Model model, int samples, String name,
    RandomGenerator random) {
    var host = setup.host(name);
    int paced = Math.min(AT_ITS_PACE, samples / 2);
    int early = samples - paced;
    host.learn(new Source(Regime.IID.with(Timing.every(Wave.DAY_SECONDS / early)), model, random, 0), early);
    double start = samples >= MATURE ? QUARANTINE_SECONDS : Wave.DAY_SECONDS;
    var source = new Source(Regime.IID.with(timing), model, random, start);
    for (int i = 0; i < paced; i++) {
      host.observe(source.next());
    }
    return new Learnt(host, source);
  }
}
