package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Season;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Tabulated;
import java.util.List;
import java.util.stream.IntStream;

/// Where nothing happens, but where that is not as plain as theory assumes.
///
/// @param variants of the regime: hosts differ in the cohort that their rhythm is known from
/// @param deseasonalised whether there is no rhythm left in it
/// @param judged whether it has a goal
/// @param whyNot what keeps that from being met, if something does
record World(
    List<Regime> variants, Model model, boolean deseasonalised, boolean judged, String whyNot) {
  private static final int COHORTS = 8;
  private static final int COHORT_HOSTS = 20;
  private static final int COHORT_WEEKS = 4;

  static List<World> all(Seed seed) {
    Progress.say("rhythms of %d cohorts".formatted(COHORTS));
    var seasons =
        IntStream.range(0, COHORTS)
            .parallel()
            .mapToObj(
                cohort ->
                    Season.estimate(
                        Models.AUTH,
                        List.of(Regime.DAYS),
                        COHORT_HOSTS,
                        COHORT_WEEKS,
                        seed.of("rhythm", cohort)))
            .toList();
    return List.of(
        new World(List.of(Regime.IID), Models.AUTH, true, false, ""),
        judged(List.of(Regime.BURSTS), Models.AUTH, ""),
        new World(List.of(Regime.DIURNAL), Models.AUTH, false, false, ""),
        judged(seasons.stream().map(Regime::deseasonalised).toList(), Models.AUTH, ""),
        judged(List.of(Regime.DRIFT), Models.AUTH, ""),
        slowlyVarying(seasons, 0.03, ""),
        slowlyVarying(
            seasons,
            0.05,
            "For some five hours a week this level lies above the dead zone of 10 %: that is a"
                + " shift."),
        judged(
            List.of(Regime.AUTOREGRESSIVE),
            Models.AUTH,
            "What makes logins slow outlasts the minute of a vote. CREEP votes every five: no"
                + " ticket."),
        judged(
            List.of(Regime.IN_RUNS),
            new Tabulated(Models.AUTH),
            "Outliers come five in a row nearly every day (see that rule's alarms), beyond any dead"
                + " zone: minutes of half a second more. CREEP takes five minutes for a vote: no"
                + " ticket."));
  }

  private static World judged(List<Regime> variants, Model model, String whyNot) {
    return new World(variants, model, true, true, whyNot);
  }

  private static World slowlyVarying(List<Season> seasons, double sigma, String whyNot) {
    return judged(
        seasons.stream().map(season -> Regime.slowlyVarying(season, sigma)).toList(),
        Models.AUTH,
        whyNot);
  }

  String name() {
    return variants.getFirst().name();
  }

  Regime regime(int host) {
    return variants.get(host % variants.size());
  }

  Setup setup() {
    return known(Setup.relative());
  }

  Setup preauth() {
    return known(Setup.preauth());
  }

  private Setup known(Setup setup) {
    return deseasonalised ? setup : setup.raw();
  }
}
