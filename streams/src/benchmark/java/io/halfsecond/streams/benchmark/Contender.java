package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.rival.EwmaOfLogs;
import io.halfsecond.streams.simulation.rival.FiveInARow;
import io.halfsecond.streams.simulation.rival.KolmogorovSmirnov;
import io.halfsecond.streams.simulation.rival.NpFocus;
import io.halfsecond.streams.simulation.rival.RankCusum;
import io.halfsecond.streams.simulation.rival.Rival;
import io.halfsecond.streams.simulation.rival.RollingMean;
import io.halfsecond.streams.simulation.rival.RollingMedian;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Another detector.
///
/// @param trained makes one of the samples learnt
/// @param costly whether it takes microseconds a sample
record Contender(String name, Function<double[], Rival> trained, boolean costly) {
  /// How many samples everybody learns from.
  static final int LEARNT = 2_000;

  static final Contender PROMQL_MEAN =
      new Contender("PromQL: mean + kσ of the last hour", _ -> new RollingMean(), false);

  private static final double[] SCORES = RankCusum.scores(LEARNT);

  static final List<Contender> ALL =
      List.of(
          new Contender("5 in a row above k × median", FiveInARow::new, false),
          PROMQL_MEAN,
          new Contender(
              "PromQL: median of 15 min, k × MAD of the hour", _ -> new RollingMedian(), false),
          new Contender("EWMA z of log", EwmaOfLogs::new, false),
          new Contender("Kolmogorov–Smirnov, window 100", KolmogorovSmirnov::new, false),
          new Contender(
              "normal-score rank CUSUM, k = .5", learnt -> new RankCusum(learnt, SCORES), false),
          new Contender("NP-FOCuS, sum", learnt -> new NpFocus(learnt, NpFocus.Over.SUM), true),
          new Contender("NP-FOCuS, max", learnt -> new NpFocus(learnt, NpFocus.Over.MAX), true));

  /// One that has learnt from samples of a model.
  Rival train(Model model, RandomGenerator random) {
    return train(new Source(Regime.IID, model, random, 0));
  }

  /// One that has learnt from the next samples of a series.
  Rival train(Source source) {
    return trained.apply(
        IntStream.range(0, LEARNT).mapToDouble(_ -> source.next().value()).toArray());
  }
}
