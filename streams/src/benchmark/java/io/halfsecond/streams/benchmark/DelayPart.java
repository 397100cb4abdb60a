package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.benchmark.DelayRuns.Pair;
import io.halfsecond.streams.simulation.Seed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// How many samples it takes from a change to the alarm.
final class DelayPart implements Part {
  /// A host of 2,000 samples is not looked at for longer: its bets are made anew with every block.
  private static final int YOUNG_MOST = 5_000;

  private static final Ours NO_ZONE = mature("STEP, δ 0", Setup.step(0));
  private static final Ours NARROW = mature("STEP, δ 5 %", Setup.step(0.05));
  private static final Ours STEP = mature("STEP, δ 10 %", Setup.step(0.10));
  private static final Ours CREEP = mature("CREEP, δ 4 %", Setup.creep(0.04));
  private static final Ours CREEP_5 = mature("CREEP, δ 5 %", Setup.creep(0.05));
  private static final List<Ours> OURS = List.of(young(NO_ZONE), young(NARROW), young(STEP), NO_ZONE, NARROW,
    STEP, mature("CREEP, δ 0", Setup.creep(0)), CREEP, CREEP_5);

  private static Ours mature(String name, Setup setup) {
    return new Ours(name, setup, Lab.MATURE, DelayRuns.MOST);
  }

  private static Ours young(Ours ours) {
    return new Ours(ours.name(), ours.setup(), Contender.LEARNT, YOUNG_MOST);
  }

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var runs = new DelayRuns(seed, effort.repetitions());
    var ours = new LinkedHashMap<Ours, Map<Case, Pair>>();
    for (var each : OURS) {
      double threshold = thresholds.of(each.name(), each.setup());
      Progress.say("delays of %s, %d learnt", each.name(), each.learnt());
      ours.put(each, byCase(it -> runs.of(each, threshold, it)));
    }
    var oracle = byCase(it -> runs.ofOracle(it, thresholds.of(it)));
    var rivals = new LinkedHashMap<Contender, Map<Case, Delays>>();
    for (var each : Contender.ALL) {
      double threshold = thresholds.of(each);
      Progress.say("delays of %s", each.name());
      rivals.put(each, byCase(it -> runs.of(each, threshold, it)));
    }
    return new Chapter(delays(ours, oracle, rivals) + "\n" + ratios(ours, oracle, rivals), goals(ours));
  }

  private static <T> Map<Case, T> byCase(Function<Case, T> result) {
    var results = new LinkedHashMap<Case, T>();
    for (var each : Case.ALL) {
      results.put(each, result.apply(each));
    }
    return results;
  }

  private static List<String> row(String name, Function<Case, String> cell) {
    var row = new ArrayList<String>();
    row.add(name);
    Case.ALL.forEach(each -> row.add(cell.apply(each)));
    return row;
  }

  private static String delays(Map<Ours, Map<Case, Pair>> ours, Map<Case, Delays> oracle,
    Map<Contender, Map<Case, Delays>> rivals) {
    var table = new Table(row("median/p95, samples", Case::name));
    table.row(row("Lorden bound", each -> number(lorden(each))));
    table.row(row("oracle CUSUM", each -> oracle.get(each).text()));
    rivals.forEach((rival, delays) -> table.row(row(rival.name(), each -> delays.get(each).text())));
    ours.forEach((it, pairs) -> table
      .row(row("**%s**, %s learnt, as promised".formatted(it.name(), Delays.thousands(it.learnt())),
        each -> pairs.get(each).promised().text()))
      .row(row("%s, %s learnt, calibrated".formatted(it.name(), Delays.thousands(it.learnt())),
        each -> pairs.get(each).calibrated().text())));
    return table.toString();
  }

  private static double lorden(Case each) {
    return each.alternative().lordenBound(Thresholds.RUN_LENGTH);
  }

  private static String number(double x) {
    return Double.isInfinite(x) ? "–" : String.format(Locale.ROOT, x < 10 ? "%.1f" : "%.0f", x);
  }

  private static String ratios(Map<Ours, Map<Case, Pair>> ours, Map<Case, Delays> oracle,
    Map<Contender, Map<Case, Delays>> rivals) {
    var table = new Table(row("mean delay by Lorden bound; by oracle", Case::name));
    Function<Function<Case, Delays>, Function<Case, String>> cells = delays -> each -> {
      double mean = delays.apply(each).mean();
      return Double.isInfinite(mean)
        ? "–"
        : number(mean / lorden(each)) + "; " + number(mean / oracle.get(each).mean());
    };
    table.row(row("oracle CUSUM", cells.apply(oracle::get)));
    rivals.forEach((rival, delays) -> table.row(row(rival.name(), cells.apply(delays::get))));
    ours.forEach((it, pairs) -> table
      .row(row("**%s**, %s learnt, calibrated".formatted(it.name(), Delays.thousands(it.learnt())),
        cells.apply(each -> pairs.get(each).calibrated()))));
    return table.toString();
  }

  private static List<Goal> goals(Map<Ours, Map<Case, Pair>> ours) {
    var bounded = ours.get(NO_ZONE);
    return List.of(
      Goal.delay("+500 ms, mature host, STEP δ 10 %", promised(ours, STEP, Case.HALF_SECOND), 5, 8, "logins"),
      Goal.delay("CPU ×10, STEP δ 5 %", promised(ours, NARROW, Case.CPU), 4, "sessions"),
      Goal.delay("probe +5 ms, STEP δ 5 %", promised(ours, NARROW, Case.PROBE), 26, "probes"),
      Goal.delay("+50 ms, no dead zone", promised(ours, NO_ZONE, Case.FIFTY_MILLIS), 47, "logins"),
      Goal.delay("+50 ms, STEP δ 5 %", promised(ours, NARROW, Case.FIFTY_MILLIS), 82, "logins"),
      Goal.delay("+10 %, CREEP δ 5 %", promised(ours, CREEP_5, Case.TEN_PERCENT), 360, "logins"),
      Goal.delay("2 % of sessions +500 ms, CREEP δ 4 %, 20,000 learnt",
        promised(ours, CREEP, Case.SOME_SESSIONS), 2_900, "logins"),
      ratio(bounded, Case.HALF_SECOND), ratio(bounded, Case.FIFTY_MILLIS));
  }

  private static Delays promised(Map<Ours, Map<Case, Pair>> ours, Ours which, Case each) {
    return ours.get(which).get(each).promised();
  }

  private static Goal ratio(Map<Case, Pair> pairs, Case each) {
    double ratio = pairs.get(each).calibrated().mean() / lorden(each);
    return new Goal("mean delay by Lorden bound, " + each.name() + ", STEP δ 0 calibrated", "≤ 1.5",
      String.format(Locale.ROOT, "%.2f", ratio), ratio <= 1.5);
  }
}
