package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Model;
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
record World(List<Regime> variants, Model model, boolean deseasonalised, boolean judged) {
  private static final int COHORTS = 8;
  private static final int COHORT_HOSTS = 20;
  private static final int COHORT_WEEKS = 4;

  static List<World> all(Seed seed) {
    Progress.say("rhythms of %d cohorts", COHORTS);
    var seasons = IntStream.range(0, COHORTS).parallel()
      .mapToObj(cohort -> Season.estimate(Model.AUTH, List.of(Regime.DAYS), COHORT_HOSTS, COHORT_WEEKS,
        seed.of("rhythm", cohort)))
      .toList();
    return List.of(plain(Regime.IID, false), plain(Regime.BURSTS, true),
      new World(List.of(Regime.DIURNAL), Model.AUTH, false, false),
      new World(seasons.stream().map(Regime::deseasonalised).toList(), Model.AUTH, true, true),
      plain(Regime.DRIFT, true),
      new World(seasons.stream().map(Regime::slowlyVarying).toList(), Model.AUTH, true, true),
      new World(List.of(Regime.AUTOREGRESSIVE), new Tabulated(Model.AUTH), true, true));
  }

  private static World plain(Regime regime, boolean judged) {
    return new World(List.of(regime), Model.AUTH, true, judged);
  }

  String name() {
    return variants.getFirst().name();
  }

  Regime regime(int host) {
    return variants.get(host % variants.size());
  }

  Setup setup() {
    return deseasonalised ? Setup.shipped() : Setup.shipped().raw();
  }
}
