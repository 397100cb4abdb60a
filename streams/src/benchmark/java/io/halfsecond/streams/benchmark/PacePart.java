package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Cohort;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Timing;
import io.halfsecond.streams.simulation.WatchedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// How long it takes at other paces than a sample a minute, and on hosts of which little is known.
final class PacePart implements ReportPart {
  private static final int MOST = 5_000;
  private static final List<Case> CASES = List.of(Case.HALF_SECOND, Case.FIFTY_MILLIS);

  /// @param learnt samples of its own
  /// @param cohort whether it belongs to one
  private record Pace(String name, Regime regime, int learnt, boolean cohort) {}

  private static final Pace NEW_IN_COHORT = new Pace("a login a minute", Regime.IID, 20, true);
  private static final List<Pace> PACES =
      List.of(
          new Pace("a login a second", Regime.IID.with(Timing.BUSY), Lab.MATURE, false),
          new Pace("a login a minute", Regime.IID, Lab.MATURE, false),
          new Pace("ten logins in a minute, every ten minutes", Regime.BURSTS, Lab.MATURE, false),
          new Pace("three logins an hour", Regime.IID.with(Timing.SPARSE), 500, false),
          new Pace("three logins an hour", Regime.IID.with(Timing.SPARSE), 20, false),
          new Pace("three logins an hour", Regime.IID.with(Timing.SPARSE), 20, true),
          new Pace("a login a minute", Regime.IID, 20, false),
          NEW_IN_COHORT);

  /// @param seconds from the first changed login to the end of the block that decides
  private record Outcome(int logins, double seconds) {}

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var table =
        new Table("pace", "learnt", "+500 ms: logins", "minutes", "+50 ms: logins", "minutes");
    var goals = new ArrayList<Goal>();
    for (var pace : PACES) {
      Progress.say("pace: %s, %d learnt".formatted(pace.name(), pace.learnt()));
      var row = new ArrayList<String>();
      row.add(pace.name());
      row.add(Delays.thousands(pace.learnt()) + (pace.cohort() ? " and a cohort" : ""));
      for (var each : CASES) {
        var outcomes =
            IntStream.range(0, effort.repetitions())
                .parallel()
                .mapToObj(repetition -> outcome(pace, each, seed, repetition))
                .toList();
        var delays = Delays.of(outcomes.stream().mapToInt(Outcome::logins), MOST);
        row.add(delays.text());
        row.add(minutes(outcomes));
        if (pace.equals(NEW_IN_COHORT) && each.equals(Case.HALF_SECOND)) {
          goals.add(Goal.delay("+500 ms, 20 own samples + cohort", delays, 7, 13, "logins"));
        }
      }
      table.row(row);
    }
    return new Chapter(table.toString(), goals);
  }

  private static Outcome outcome(Pace pace, Case each, Seed seed, int repetition) {
    var random = seed.of("pace " + pace + each.name(), repetition);
    var setup = Setup.step(0.10).withItsOwnBlocks();
    var model = each.before();
    if (pace.cohort()) {
      var cohort = Cohort.of(model, random);
      model = cohort.host(random);
      setup = setup.with(cohort.prior());
    }
    var learnt = Lab.learn(setup, pace.regime(), model, pace.learnt(), repetition + "-", random);
    var source = learnt.source().become(each.change().of(model));
    double changed = source.following();
    for (int i = 1; i <= MOST; i++) {
      for (var step : learnt.host().observe(source.next())) {
        return new Outcome(i, WatchedKey.second(step.facts().openedAt()) - changed);
      }
    }
    return new Outcome(Delays.NEVER, Double.POSITIVE_INFINITY);
  }

  private static String minutes(List<Outcome> outcomes) {
    double[] sorted = outcomes.stream().mapToDouble(Outcome::seconds).sorted().toArray();
    return minutes(sorted, 0.5) + "/" + minutes(sorted, 0.95);
  }

  private static String minutes(double[] sorted, double q) {
    double minutes = sorted[Math.max(0, (int) Math.ceil(q * sorted.length) - 1)] / 60;
    return Double.isInfinite(minutes)
        ? "–"
        : String.format(Locale.ROOT, minutes < 10 ? "%.1f" : "%.0f", minutes);
  }
}
