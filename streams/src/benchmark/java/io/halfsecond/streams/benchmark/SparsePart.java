package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Cohort;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.Timing;
import java.util.List;
import java.util.stream.IntStream;

/// False alarms of hosts with three logins an hour, from the very first on: as promised and
/// shipped.
final class SparsePart implements ReportPart {
  /// Of each host, so that half of the time its baseline is small.
  private static final double YEARS = 0.1;

  private static final int HOSTS_A_YEAR = 10;

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var table = new Table("alarms a host-year [95 %]", "STEP, δ 10 %", "CREEP, δ 4 %");
    for (boolean cohort : List.of(false, true)) {
      String name = cohort ? "with a cohort of 50" : "alone";
      Progress.say("sparse hosts, %s".formatted(name));
      var watch =
          IntStream.range(0, effort.sparseYears() * HOSTS_A_YEAR)
              .parallel()
              .mapToObj(host -> host(cohort, seed, host))
              .toList()
              .stream()
              .reduce(Watch.none(), Watch::plus);
      table.row(name, watch.pages().text(), watch.tickets().text());
    }
    return new Chapter(table.toString(), List.of());
  }

  private static Watch host(boolean cohort, Seed seed, int number) {
    var random = seed.of("sparse hosts, cohort " + cohort, number);
    var others = Cohort.of(Models.AUTH, random);
    var setup = cohort ? Setup.relative().with(others.prior()) : Setup.relative();
    var source = new Source(Regime.IID.with(Timing.SPARSE), others.host(random), random, 0);
    return Watch.key(setup.host(number + "-"), source, YEARS);
  }
}
