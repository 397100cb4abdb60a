package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.benchmark.Goal.Verdict;
import io.halfsecond.streams.detector.Budget;
import io.halfsecond.streams.simulation.Cohort;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.Timing;
import io.halfsecond.streams.simulation.Wave;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// The promise where it is hardest to keep: no dead zone, small references, and a limit so low that
/// alarms are many.
final class NominalPart implements ReportPart {
  private static final List<Integer> LEARNT = List.of(20, 100, 500, 2_000, 10_000);

  /// Beyond it a cohort is not asked.
  private static final int COHORT_UP_TO = 100;

  private static final int LIMIT_DAYS = 10;

  /// Then another key begins, so that much is seen of small references.
  private static final double KEY_DAYS = 20;

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var table = new Table("alarms per nominal one [95 %]", "STEP, δ 0", "CREEP, δ 0");
    var all = new ArrayList<Alarms>();
    for (boolean cohort : List.of(false, true)) {
      for (int learnt : LEARNT) {
        if (!cohort || learnt <= COHORT_UP_TO) {
          table.row(row(learnt, cohort, seed, effort, all));
        }
      }
    }
    return new Chapter(table.toString(), List.of(goal(all)));
  }

  /// Met if no interval lies above 1, and that of all together lies below.
  private static Goal goal(List<Alarms> all) {
    double worst = all.stream().mapToDouble(Alarms::rate).max().orElse(0);
    var together = all.stream().reduce(new Alarms(0, 0), Alarms::plus);
    boolean broken = all.stream().anyMatch(each -> each.low() > 1);
    var verdict = broken ? Verdict.NO : together.high() <= 1 ? Verdict.YES : Verdict.OPEN;
    return new Goal(
        "false alarms per nominal one, iid, N from 20 to 10,000",
        "≤ 1.0",
        String.format(
            Locale.ROOT,
            "largest of %d: %.2f; all together %s",
            all.size(),
            worst,
            together.text()),
        verdict,
        "");
  }

  private static List<String> row(
      int learnt, boolean cohort, Seed seed, Effort effort, List<Alarms> all) {
    var row = new ArrayList<String>();
    row.add(Delays.thousands(learnt) + " learnt" + (cohort ? ", with a cohort" : ""));
    Progress.say("nominal alarms: %s".formatted(row.getFirst()));
    for (var setup : List.of(Setup.step(0), Setup.creep(0))) {
      var alarms = alarms(setup.withLimitDays(LIMIT_DAYS), learnt, cohort, seed, effort);
      all.add(alarms);
      row.add(alarms.text());
    }
    return row;
  }

  /// @return whose `years` are nominal alarms
  private static Alarms alarms(Setup setup, int learnt, boolean cohort, Seed seed, Effort effort) {
    int keys = (int) (effort.nominalAlarms() * LIMIT_DAYS / KEY_DAYS);
    var watch =
        IntStream.range(0, keys)
            .parallel()
            .mapToObj(
                key ->
                    key(
                        setup,
                        learnt,
                        cohort,
                        key + "-",
                        seed.of("nominal alarms %s %d %s".formatted(setup, learnt, cohort), key)))
            .toList()
            .stream()
            .reduce(Watch.none(), Watch::plus);
    return new Alarms(
        watch.step() + watch.creep(), watch.years() * Budget.DAYS_PER_YEAR / LIMIT_DAYS);
  }

  private static Watch key(
      Setup setup, int learnt, boolean cohort, String name, RandomGenerator random) {
    var model = Models.AUTH;
    var known = setup;
    if (cohort) {
      var others = Cohort.of(model, random);
      model = others.host(random);
      known = setup.with(others.prior());
    }
    var host = Lab.learnInADay(known, Regime.IID, model, learnt, name, random);
    var source = new Source(Regime.IID.with(Timing.MINUTELY), model, random, Wave.DAY_SECONDS);
    return Watch.key(host, source, KEY_DAYS / Budget.DAYS_PER_YEAR);
  }
}
