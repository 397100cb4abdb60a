package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.rival.RollingMean;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// False alarms in different worlds: ours as promised and shipped, the others calibrated on the
/// plain one.
final class FalseAlarmPart implements ReportPart {
  /// Two weeks of a sample a minute.
  private static final int LEARNT = 20_160;

  /// What a user of PromQL would write.
  private static final double SIGMAS = 3;

  /// Costly ones are watched for a fifth of the time.
  private static final int COSTLY = 5;

  private record Watched(World world, Watch watch) {
    private String tickets() {
      return world.deseasonalised() ? watch.tickets().text() : "not judged";
    }

    private String drifts() {
      return new Alarms(watch.drift(), watch.years()).text();
    }

    private Goal goal() {
      return Goal.rare("false alarms (STEP): " + world.name(), watch.pages())
          .unless(world.whyNot());
    }
  }

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var worlds = World.all(seed);
    var ours = watched("ours", World::setup, worlds, seed, effort);
    var shipped = watched("ours, as shipped", World::preauth, worlds, seed, effort);
    var table = new Table(row("alarms a host-year [95 %]", worlds, World::name));
    table.row(row("**STEP, δ 10 %**", ours, it -> it.watch().pages().text()));
    table.row(row("**CREEP, δ 4 %**", ours, Watched::tickets));
    table.row(row("tickets about drift", ours, Watched::drifts));
    table.row(row("**STEP, as shipped for preauth**", shipped, it -> it.watch().pages().text()));
    table.row(row("**CREEP, as shipped for preauth**", shipped, Watched::tickets));
    table.row(
        rivals(
            worlds,
            seed,
            effort,
            new Contender("PromQL: mean + 3σ, uncalibrated", _ -> new RollingMean(), false),
            SIGMAS));
    for (var contender : Contender.ALL) {
      double threshold = thresholds.of(contender);
      table.row(rivals(worlds, seed, effort, contender, threshold));
    }
    return new Chapter(
        table.toString(),
        ours.stream().filter(it -> it.world().judged()).map(Watched::goal).toList());
  }

  private static <T> List<String> row(String name, List<T> columns, Function<T, String> cell) {
    return Stream.concat(Stream.of(name), columns.stream().map(cell)).toList();
  }

  private static List<Watched> watched(
      String name, Function<World, Setup> setup, List<World> worlds, Seed seed, Effort effort) {
    return worlds.stream()
        .map(
            world -> {
              Progress.say("false alarms of %s: %s".formatted(name, world.name()));
              return new Watched(world, watch(setup.apply(world), world, seed, effort.hostYears()));
            })
        .toList();
  }

  private static Watch watch(Setup setup, World world, Seed seed, int years) {
    // Added up in order: sums of fractions depend on it.
    return IntStream.range(0, years)
        .parallel()
        .mapToObj(
            year ->
                Watch.keys(
                    setup,
                    world.regime(year),
                    world.model(),
                    seed.of("false alarms of ours, " + world.name(), year),
                    year + "-",
                    1,
                    LEARNT,
                    1))
        .toList()
        .stream()
        .reduce(Watch.none(), Watch::plus);
  }

  private static List<String> rivals(
      List<World> worlds, Seed seed, Effort effort, Contender contender, double threshold) {
    Progress.say("false alarms of %s".formatted(contender.name()));
    int years =
        Math.max(1, contender.costly() ? effort.rivalYears() / COSTLY : effort.rivalYears());
    return row(
        contender.name(),
        worlds,
        world ->
            IntStream.range(0, years)
                .parallel()
                .mapToObj(
                    year -> {
                      var source =
                          new Source(
                              world.regime(year),
                              world.model(),
                              seed.of("false alarms of others, " + world.name(), year),
                              0);
                      return Watch.rival(contender.train(source), threshold, source, 1);
                    })
                .toList()
                .stream()
                .reduce(new Alarms(0, 0), Alarms::plus)
                .text());
  }
}
