package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Timing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// How many samples it takes from a change to the alarm.
final class DelayPart implements ReportPart {
  private static final Ours NO_ZONE = Ours.mature("STEP, δ 0", Setup.step(0));
  private static final Ours NARROW = Ours.mature("STEP, δ 5 %", Setup.step(0.05));
  private static final Ours STEP = Ours.mature("STEP, δ 10 %", Setup.step(0.10));
  private static final Ours CREEP = Ours.mature("CREEP, δ 4 %", Setup.creep(0.04));
  private static final Ours CREEP_5 = Ours.mature("CREEP, δ 5 %", Setup.creep(0.05));
  private static final Ours CREEP_SELDOM = seldom(CREEP);
  private static final Ours CREEP_5_SELDOM = seldom(CREEP_5);
  private static final List<Ours> OURS =
      List.of(
          NO_ZONE.young(),
          STEP.young(),
          NO_ZONE,
          NARROW,
          STEP,
          Ours.mature("STEP, as shipped for preauth", Setup.preauth().raw()),
          Ours.mature("CREEP, δ 0", Setup.creep(0)),
          CREEP,
          CREEP_5,
          CREEP_SELDOM,
          CREEP_5_SELDOM);

  private static Ours seldom(Ours ours) {
    return ours.at("a sample every 5 min", Timing.every(300));
  }

  private static final String A_VOTE_FOR_FIVE =
      "Five logins of five minutes are one vote of CREEP, and worth one: that is the price of AR .6"
          + " without tickets.";

  private static final String NOTHING_BEYOND =
      "Bets pay no less for what lies beyond the shifted logins, where 2 % of the others are: 3.7"
          + " nats a login instead of 4.7. Not knowing which of ten shifts it is costs 2.3, and"
          + " logins are whole.";

  /// The detectors in the order of the report.
  private record Results(
      ByCase<Double> lorden,
      ByCase<Delays> oracle,
      Map<Contender, ByCase<Delays>> rivals,
      Map<Ours, ByCase<Delays>> ours) {

    Delays of(Ours which, Case each) {
      return Objects.requireNonNull(ours.get(which)).of(each);
    }
  }

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var runs = new DelayRuns(seed, effort.repetitions());
    var lorden = ByCase.of(each -> each.alternative().lordenBound(Thresholds.RUN_LENGTH));
    var oracle = ByCase.of(each -> runs.ofOracle(each, thresholds.of(each)));
    var rivals = new LinkedHashMap<Contender, ByCase<Delays>>();
    for (var each : Contender.ALL) {
      double threshold = thresholds.of(each);
      Progress.say("delays of %s".formatted(each.name()));
      rivals.put(each, runs.of(each, threshold));
    }
    var ours = new LinkedHashMap<Ours, ByCase<Delays>>();
    for (var each : OURS) {
      Progress.say("delays of %s, %d learnt".formatted(each.name(), each.learnt()));
      ours.put(each, runs.of(each));
    }
    var results = new Results(lorden, oracle, rivals, ours);
    return new Chapter(delays(results) + "\n" + ratios(results), goals(results));
  }

  private static String delays(Results results) {
    var table = new Table(ByCase.of(Case::name).row("median/p95, samples", name -> name));
    table.row(results.lorden().row("Lorden bound, of the mean", DelayPart::number));
    table.row(results.oracle().row("oracle CUSUM", Delays::text));
    results.rivals().forEach((rival, delays) -> table.row(delays.row(rival.name(), Delays::text)));
    results.ours().forEach((ours, delays) -> table.row(delays.row(title(ours), Delays::text)));
    return table.toString();
  }

  private static String ratios(Results results) {
    var table =
        new Table(ByCase.of(Case::name).row("mean by Lorden bound; by oracle", name -> name));
    table.row(ratios("oracle CUSUM", results.oracle(), results));
    results.rivals().forEach((rival, delays) -> table.row(ratios(rival.name(), delays, results)));
    results.ours().forEach((ours, delays) -> table.row(ratios(title(ours), delays, results)));
    return table.toString();
  }

  private static List<String> ratios(String name, ByCase<Delays> delays, Results results) {
    return ByCase.of(
            each -> {
              double mean = delays.of(each).mean();
              return Double.isInfinite(mean)
                  ? "–"
                  : number(mean / results.lorden().of(each))
                      + "; "
                      + number(mean / results.oracle().of(each).mean());
            })
        .row(name, text -> text);
  }

  private static String title(Ours ours) {
    return "**%s**, %s learnt".formatted(ours.name(), Delays.thousands(ours.learnt()));
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, x < 10 ? "%.1f" : "%,.0f", x);
  }

  private static List<Goal> goals(Results results) {
    return List.of(
        Goal.delay(
            "+500 ms, mature host, STEP δ 10 %",
            results.of(STEP, Case.HALF_SECOND), 5, 8, "logins"),
        Goal.delay("CPU ×10, STEP δ 5 %", results.of(NARROW, Case.CPU), 4, "sessions"),
        Goal.delay("probe +5 ms, STEP δ 5 %", results.of(NARROW, Case.PROBE), 26, "probes"),
        Goal.delay("+50 ms, no dead zone", results.of(NO_ZONE, Case.FIFTY_MILLIS), 47, "logins"),
        Goal.delay("+50 ms, STEP δ 5 %", results.of(NARROW, Case.FIFTY_MILLIS), 82, "logins"),
        Goal.delay(
                "+10 %, CREEP δ 5 %, a login a minute",
                results.of(CREEP_5, Case.TEN_PERCENT), 360, "logins")
            .unless(A_VOTE_FOR_FIVE),
        Goal.delay(
            "+10 %, CREEP δ 5 %, a login every 5 min",
            results.of(CREEP_5_SELDOM, Case.TEN_PERCENT), 360, "logins"),
        Goal.delay(
                "2 % of sessions +500 ms, CREEP δ 4 %, a login a minute",
                results.of(CREEP, Case.SOME_SESSIONS), 2_900, "logins")
            .unless(A_VOTE_FOR_FIVE),
        Goal.delay(
            "2 % of sessions +500 ms, CREEP δ 4 %, a login every 5 min",
            results.of(CREEP_SELDOM, Case.SOME_SESSIONS), 2_900, "logins"),
        ratio(results, Case.HALF_SECOND).unless(NOTHING_BEYOND),
        ratio(results, Case.FIFTY_MILLIS));
  }

  private static Goal ratio(Results results, Case each) {
    double ratio = results.of(NO_ZONE, each).mean() / results.lorden().of(each);
    return new Goal(
        "mean delay by Lorden bound, " + each.name() + ", no dead zone",
        "≤ 1.5",
        String.format(Locale.ROOT, "%.2f", ratio),
        ratio <= 1.5);
  }
}
