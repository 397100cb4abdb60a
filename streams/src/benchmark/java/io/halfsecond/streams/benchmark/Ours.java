package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.Timing;
import java.util.random.RandomGenerator;

/// Our detector as it takes part in the comparison.
///
/// @param learnt samples
/// @param most samples looked at after a change
record Ours(String name, Setup setup, Timing timing, int learnt, int most) {
  /// A host of 2,000 samples is not looked at for longer: its bets are made anew with every block.
  private static final int YOUNG_MOST = 3_000;

  /// With as many samples as a baseline holds.
  static Ours mature(String name, Setup setup) {
    return new Ours(name, setup, Timing.MINUTELY, Lab.MATURE, DelayRuns.MOST);
  }

  Ours at(String pace, Timing other) {
    return new Ours(name + ", " + pace, setup, other, learnt, most);
  }

  Ours young() {
    return new Ours(name, setup, timing, Contender.LEARNT, YOUNG_MOST);
  }

  Lab.Learnt learn(Case each, String host, RandomGenerator random) {
    return Lab.learn(
        setup.with(each.bins()), Regime.IID.with(timing), each.before(), learnt, host, random);
  }

  Source after(Case each, RandomGenerator random, double second) {
    return new Source(Regime.IID.with(timing), each.after(), random, second);
  }
}
