package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.rival.OracleCusum;
import io.halfsecond.streams.simulation.rival.Rival;
import java.util.HashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Repeats each change with every detector. The n-th repetition shows everybody the same samples
/// after the change.
///
/// @param repetitions how many
record DelayRuns(Seed seed, int repetitions) {
  /// How many samples are looked at after a change.
  static final int MOST = 20_000;

  /// Samples from learning to the change, for windows to be full.
  private static final int WARM_UP = 1_000;

  ByCase<Delays> of(Contender contender, double threshold) {
    return ByCase.of(
        each -> repeat(each, threshold, random -> contender.train(each.before(), random)));
  }

  Delays ofOracle(Case each, double threshold) {
    var alternative = each.alternative();
    return repeat(each, threshold, _ -> new OracleCusum(alternative));
  }

  private Delays repeat(Case each, double threshold, Function<RandomGenerator, Rival> training) {
    return Delays.of(
        IntStream.range(0, repetitions)
            .parallel()
            .map(
                repetition -> {
                  var random = seed.of("before " + each.name(), repetition);
                  var rival = training.apply(random);
                  var before = new Source(Regime.IID, each.before(), random, 0);
                  for (int i = 0; i < WARM_UP; i++) {
                    before.next();
                    if (rival.observe(before.second(), before.value()) >= threshold) {
                      rival.forget();
                    }
                  }
                  var after =
                      new Source(
                          Regime.IID, each.after(), changed(each, repetition), before.following());
                  for (int i = 1; i <= MOST; i++) {
                    after.next();
                    if (rival.observe(after.second(), after.value()) >= threshold) {
                      return i;
                    }
                  }
                  return Delays.NEVER;
                }),
        MOST);
  }

  private RandomGenerator changed(Case each, int repetition) {
    return seed.of("after " + each.name(), repetition);
  }

  /// At the promised limit. A host learns once for all changes of its signal.
  ByCase<Delays> of(Ours ours) {
    var repeated =
        IntStream.range(0, repetitions)
            .parallel()
            .mapToObj(repetition -> delays(ours, repetition))
            .toList();
    return ByCase.of(
        each -> Delays.of(repeated.stream().mapToInt(delays -> delays.of(each)), ours.most()));
  }

  private ByCase<Integer> delays(Ours ours, int repetition) {
    var learnt = new HashMap<Model, Lab.Learnt>();
    return ByCase.of(
        each -> {
          var known =
              learnt.computeIfAbsent(
                  each.before(),
                  model ->
                      ours.learn(
                          each, repetition + "-", seed.of("learning of " + model, repetition)));
          var host = known.host().copy();
          var after = ours.after(each, changed(each, repetition), known.source().following());
          for (int i = 1; i <= ours.most(); i++) {
            host.observe(after.next());
            if (host.alertOpen()) {
              return i;
            }
          }
          return Delays.NEVER;
        });
  }
}
