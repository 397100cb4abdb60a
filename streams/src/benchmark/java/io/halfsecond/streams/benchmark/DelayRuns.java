package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.rival.OracleCusum;
import io.halfsecond.streams.simulation.rival.Rival;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Repeats a change with every detector, one sample a minute. The n-th repetition shows everybody the same samples after the
/// change.
///
/// @param repetitions how many
record DelayRuns(Seed seed, int repetitions) {
  /// How many samples are looked at after a change.
  static final int MOST = 20_000;
  /// Samples from learning to the change, for windows to be full.
  private static final int WARM_UP = 1_000;

  /// At the promised limit, and at the calibrated threshold.
  record Pair(Delays promised, Delays calibrated) {}

  private record Outcome(int promised, int calibrated) {}

  Delays of(Contender contender, double threshold, Case each) {
    return repeat(each, threshold, random -> contender.train(each.before(), random));
  }

  Delays ofOracle(Case each, double threshold) {
    var alternative = each.alternative();
    return repeat(each, threshold, _ -> new OracleCusum(alternative));
  }

  private Delays repeat(Case each, double threshold, Function<RandomGenerator, Rival> training) {
    return Delays.of(IntStream.range(0, repetitions).parallel().map(repetition -> {
      var random = seed.of("before " + each.name(), repetition);
      var rival = training.apply(random);
      var before = new Source(Regime.IID, each.before(), random, 0);
      for (int i = 0; i < WARM_UP; i++) {
        before.next();
        if (rival.observe(before.second(), before.value()) >= threshold) {
          rival.forget();
        }
      }
      var after = after(each, repetition, before.following());
      for (int i = 1; i <= MOST; i++) {
        after.next();
        if (rival.observe(after.second(), after.value()) >= threshold) {
          return i;
        }
      }
      return Delays.NEVER;
    }), MOST);
  }

  private Source after(Case each, int repetition, double second) {
    return new Source(Regime.IID, each.after(), seed.of("after " + each.name(), repetition), second);
  }

  /// @param thresholdDays calibrated
  Pair of(Ours ours, double thresholdDays, Case each) {
    var outcomes = IntStream.range(0, repetitions).parallel().mapToObj(repetition -> {
      var learnt = ours.learn(each, repetition + "-", seed.of("before " + each.name(), repetition));
      return outcome(learnt, ours.most(), thresholdDays,
        after(each, repetition, learnt.source().following()));
    }).toList();
    return new Pair(Delays.of(outcomes.stream().mapToInt(Outcome::promised), ours.most()),
      Delays.of(outcomes.stream().mapToInt(Outcome::calibrated), ours.most()));
  }

  private static Outcome outcome(Lab.Learnt learnt, int most, double thresholdDays, Source after) {
    var host = learnt.host();
    int calibrated = Delays.NEVER;
    for (int i = 1; i <= most; i++) {
      host.observe(after.next());
      if (calibrated == Delays.NEVER && host.evidenceDays() >= thresholdDays) {
        calibrated = i;
      }
      if (host.alertOpen()) {
        return new Outcome(i, Math.min(i, calibrated));
      }
    }
    return new Outcome(Delays.NEVER, calibrated);
  }
}
