package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Regime;
import java.util.random.RandomGenerator;

/// Our detector as it takes part in the comparison.
///
/// @param learnt samples
/// @param most samples looked at after a change
record Ours(String name, Setup setup, int learnt, int most) {
  Lab.Learnt learn(Case each, String host, RandomGenerator random) {
    return Lab.learn(setup.with(each.bins()), Regime.IID, each.before(), learnt, host, random);
  }
}
