package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.benchmark.RolloutBenchmark.At;
import io.halfsecond.streams.benchmark.RolloutBenchmark.Outcome;
import io.halfsecond.streams.simulation.StagedRollout;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/// What is commonly done about a rollout: logins of changed hosts against those of the others, by
/// Mann and Whitney's test, at 1 %.
final class MannWhitney {
  private static final double LEVEL = 0.01;
  private static final double POWER = 0.99;
  private static final int FEWEST = 20;
  private static final int EVERY = 10;
  private static final MannWhitneyUTest TEST =
      MannWhitneyUTest.withDefaults().with(PValueMethod.ASYMPTOTIC);

  private MannWhitney() {}

  /// Logins of changed hosts, and as many others, for a power of 99 % (Noether, Sample Size
  /// Determination for Some Common Nonparametric Tests, JASA 82, 1987).
  ///
  /// @param pilots in which nothing is slower
  static int planned(List<StagedRollout> pilots, double within) {
    double less = 0;
    double compared = 0;
    for (var pilot : pilots) {
      boolean more = true;
      while (more) {
        more = pilot.login();
      }
      double[] others = pilot.unchanged();
      Arrays.sort(others);
      for (double each : pilot.changed()) {
        int below = Arrays.binarySearch(others, each - within);
        less += others.length - (below < 0 ? -below - 1 : below);
        compared += others.length;
      }
    }
    double z =
        NormalDistribution.of(0, 1).inverseCumulativeProbability(1 - LEVEL)
            + NormalDistribution.of(0, 1).inverseCumulativeProbability(POWER);
    double beyond = less / compared - 0.5;
    return (int) Math.ceil(z * z / (6 * beyond * beyond));
  }

  static Outcome once(StagedRollout rollout, int logins, double within) {
    while (rollout.login()) {
      if (rollout.logins() == logins) {
        return look(rollout, logins, within);
      }
    }
    return new Outcome(At.NEVER, At.NEVER);
  }

  static Outcome repeatedly(StagedRollout rollout, double within) {
    var slower = At.NEVER;
    var noSlower = At.NEVER;
    int looked = 0;
    while (rollout.login() && !(slower.isGiven() && noSlower.isGiven())) {
      int logins = rollout.logins();
      if (logins >= FEWEST && logins % EVERY == 0 && logins > looked) {
        looked = logins;
        var look = look(rollout, logins, within);
        slower = slower.isGiven() ? slower : look.slower();
        noSlower = noSlower.isGiven() ? noSlower : look.noSlower();
      }
    }
    return new Outcome(slower, noSlower);
  }

  private static Outcome look(StagedRollout rollout, int logins, double within) {
    double[] changed = Arrays.stream(rollout.changed()).map(each -> each - within).toArray();
    double[] others = Arrays.copyOf(rollout.unchanged(), Math.min(logins, rollout.others()));
    var now = new At(rollout.minutes(), logins);
    return new Outcome(
        p(AlternativeHypothesis.GREATER_THAN, changed, others) <= LEVEL ? now : At.NEVER,
        p(AlternativeHypothesis.LESS_THAN, changed, others) <= LEVEL ? now : At.NEVER);
  }

  private static double p(AlternativeHypothesis alternative, double[] changed, double[] others) {
    return TEST.with(alternative).test(changed, others).getPValue();
  }
}
