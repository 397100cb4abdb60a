package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.rival.RollingMean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/// False alarms in different worlds: ours as promised and shipped, the others calibrated on the plain one.
final class FalseAlarmPart implements Part {
  /// Two weeks of a sample a minute.
  private static final int LEARNT = 20_160;
  /// What a user of PromQL would write.
  private static final double SIGMAS = 3;
  /// Costly ones are watched for a fifth of the time.
  private static final int COSTLY = 5;

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var worlds = World.all(seed);
    var ours = new LinkedHashMap<World, Watch>();
    for (var world : worlds) {
      Progress.say("false alarms of ours: %s", world.name());
      ours.put(world, ours(world, seed, effort.hostYears()));
    }
    var table = new Table(row("alarms a host-year [95 %]", worlds, World::name));
    table.row(row("**STEP, δ 10 %, as promised**", worlds, world -> ours.get(world).pages().text()));
    table.row(row("**CREEP, δ 4 %, as promised**", worlds,
      world -> world.deseasonalised() ? ours.get(world).tickets().text() : "not judged"));
    table.row(row("tickets about drift", worlds,
      world -> new Alarms(ours.get(world).drift(), ours.get(world).years()).text()));
    table.row(rivals(worlds, seed, effort,
      new Contender("PromQL: mean + 3σ, uncalibrated", _ -> new RollingMean(), false), SIGMAS));
    for (var contender : Contender.ALL) {
      double threshold = thresholds.of(contender);
      table.row(rivals(worlds, seed, effort, contender, threshold));
    }
    return new Chapter(table.toString(), goals(ours));
  }

  private static List<String> row(String name, List<World> worlds, Function<World, String> cell) {
    var row = new ArrayList<String>();
    row.add(name);
    worlds.forEach(world -> row.add(cell.apply(world)));
    return row;
  }

  private static Watch ours(World world, Seed seed, int years) {
    // Added up in order: sums of fractions depend on it.
    return IntStream.range(0, years).parallel()
      .mapToObj(year -> Watch.keys(world.setup(), world.regime(year), world.model(),
        seed.of("false alarms of ours, " + world.name(), year), year + "-", 1, LEARNT, 1))
      .toList().stream().reduce(Watch.none(), Watch::plus);
  }

  private static List<String> rivals(List<World> worlds, Seed seed, Effort effort, Contender contender,
    double threshold) {
    Progress.say("false alarms of %s", contender.name());
    int years = Math.max(1, contender.costly() ? effort.rivalYears() / COSTLY : effort.rivalYears());
    return row(contender.name(), worlds, world -> IntStream.range(0, years).parallel()
      .mapToObj(year -> {
        var source = new Source(world.regime(year), world.model(),
          seed.of("false alarms of others, " + world.name(), year), 0);
        return Watch.rival(contender.train(source), threshold, source, 1);
      })
      .toList().stream().reduce(new Alarms(0, 0), Alarms::plus).text());
  }

  private static List<Goal> goals(Map<World, Watch> ours) {
    return ours.entrySet().stream().filter(each -> each.getKey().judged()).map(each -> {
      var pages = each.getValue().pages();
      return new Goal("false alarms (STEP): " + each.getKey().name(), "≤ 1 a host-year", pages.text(),
        pages.high() <= 1);
    }).toList();
  }
}
