package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.gate.GateQuestion;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.StagedRollout;
import io.halfsecond.streams.simulation.StagedRollout.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Measures how often the answers about a rollout are wrong, and writes the report.
///
/// The same seed gives the same report, on any number of cores.
final class RolloutBenchmark {
  private static final Path REPORT = Path.of("GATE.md");
  private static final List<Double> MILLIS = List.of(0.0, 1.0, 5.0, 50.0);
  private static final List<World> PROMISED = List.of(World.QUIET, World.DRIFT);
  private static final double WITHIN = 5;
  private static final GateQuestion QUESTION = GateQuestion.ofAll(WITHIN * 1e6, 0.99);

  /// Of the conditions that the promise is about.
  private static final int FULL = 1_000;

  /// Of the others, and of rivals.
  private static final int FEWER = 200;

  private static final int QUICK = 40;

  /// Rollouts by which the size of the planned test is found.
  private static final int PILOTS = 10;

  /// When both answers were given first in one rollout.
  ///
  /// @param slower NaN for never
  /// @param noSlower likewise
  record Outcome(At slower, At noSlower) {}

  /// @param minutes NaN for never
  record At(double minutes, long pairs) {
    static final At NEVER = new At(Double.NaN, 0);

    boolean isGiven() {
      return !Double.isNaN(minutes);
    }
  }

  private RolloutBenchmark() {}

  public static void main(String[] args) throws IOException {
    try {
      run(Options.parse(List.of(args), List.of()));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.usage(List.of()));
      System.exit(2);
    }
  }

  private static void run(Options options) throws IOException {
    var text = report(options);
    if (options.quick()) {
      System.out.print(text);
    } else {
      Files.writeString(REPORT, text);
      Progress.say("written: streams/%s".formatted(REPORT));
    }
  }

  private static String report(Options options) {
    int full = options.quick() ? QUICK : FULL;
    int fewer = options.quick() ? QUICK : FEWER;
    var seed = new Seed(options.seed());
    int planned =
        MannWhitney.planned(
            IntStream.range(0, PILOTS)
                .mapToObj(number -> rollout(World.QUIET, 0, new Seed(-1 - options.seed()), number))
                .toList(),
            WITHIN);
    var table =
        new Table(
            "conditions",
            "shift",
            "“slower” when it is not, %",
            "“no slower” when it is, %",
            "right answer within a day, %",
            "pairs until then",
            "minutes until then");
    for (var world : World.all()) {
      for (double millis : MILLIS) {
        Progress.say("%s, %.0f ms".formatted(world.name(), millis));
        table.row(
            row(
                world.name(),
                millis,
                outcomes(
                    PROMISED.contains(world) ? full : fewer,
                    number -> ours(rollout(world, millis, seed, number)))));
      }
    }
    var rivals =
        new Table(
            "conditions and test",
            "shift",
            "“slower” when it is not, %",
            "“no slower” when it is, %",
            "right answer within a day, %",
            "logins until then",
            "minutes until then");
    for (var world : List.of(World.QUIET, World.DRIFT)) {
      for (var repeatedly : List.of(false, true)) {
        for (double millis : MILLIS) {
          Progress.say("Mann–Whitney: %s, %.0f ms".formatted(world.name(), millis));
          rivals.row(
              row(
                  world.name() + (repeatedly ? ", asked every 10 logins" : ", asked once"),
                  millis,
                  outcomes(
                      fewer,
                      number -> {
                        var rollout = rollout(world, millis, seed, number);
                        return repeatedly
                            ? MannWhitney.repeatedly(rollout, WITHIN)
                            : MannWhitney.once(rollout, planned, WITHIN);
                      })));
        }
      }
    }
    return """
    # Answers about a rollout, measured

    This file is written by `make rollouts`, which simulates what follows. Seed %d, commit %s, Java %s. `make \
    rollouts SEED=2` uses other random numbers and gives nearly the same tables.

    The question is whether logins are slower by more than 5 ms, with a confidence of 99 %%. Each row of \
    independent logins and of a drift of all hosts is %s rollouts, each other row %s. 12 of 36 hosts get a change at once that makes their logins so much slower; two others accompany \
    each of them. Hosts differ: startup is lognormal around 14.4 ms, whose median differs by σ .2 and whose \
    spread is σ .15 to .35, with 3 %% of Pareto(1.3) outliers; its CPU time is lognormal around 14.6 ms, spread σ \
    .16. They log in every four to six minutes, and the past is that of four days. It is asked after every login \
    that brings a pair, for a day or until each host has 100 pairs; the answers are limited as with all nine \
    times. An answer counts as wrong if it is given at any of these looks. At 5 ms neither answer is right. \
    Shares have exact 95 %% intervals (Poisson). Delays are median/p95 of the rollouts with the right answer.

    ## Error rates and delays

    %s
    Bursts: ten logins within a minute, every ten minutes, with levels that differ by σ .1. AR .6: normal scores \
    of successive logins of a host. Levels that wander: an Ornstein–Uhlenbeck process for each host and signal, \
    σ 5 %% and a correlation time of six hours.

    The drift is in percent, so it makes 5 ms more into 6: “slower” is right then, and counted as wrong here. Without \
    companions the drift itself is taken for the change, as the answer says by the number of hosts that have any.

    ## A test of Mann and Whitney

    The same rollouts in one signal, startup. Each login less the median of its host's past; those of changed \
    hosts less 5 ms against as many of the others, in either direction at 1 %%. Asked once: after %s logins of \
    changed hosts, which have a power of 99 %% for “no slower” at 0 ms (Noether 1987; found in ten other rollouts). \
    Asked repeatedly: after every 10 logins from 20 on, for a day.

    %s\
    """
        .formatted(
            options.seed(),
            options.commit(),
            System.getProperty("java.version"),
            Delays.thousands(full),
            Delays.thousands(fewer),
            table,
            Delays.thousands(planned),
            rivals);
  }

  private static StagedRollout rollout(World world, double millis, Seed seed, int number) {
    return new StagedRollout(
        world, millis, QUESTION, seed.of("rollout %s %s".formatted(world.name(), millis), number));
  }

  /// Of one rollout, by its number.
  private interface Run {
    Outcome of(int number);
  }

  private static List<Outcome> outcomes(int rollouts, Run run) {
    return IntStream.range(0, rollouts).parallel().mapToObj(run::of).toList();
  }

  private static Outcome ours(StagedRollout rollout) {
    var looks = rollout.looks();
    return new Outcome(
        new At(looks.slowerMinutes(), looks.slowerPairs()),
        new At(looks.noSlowerMinutes(), looks.noSlowerPairs()));
  }

  private static List<String> row(String name, double millis, List<Outcome> outcomes) {
    var row = new ArrayList<>(List.of(name, "%.0f ms".formatted(millis)));
    row.add(millis <= WITHIN ? share(outcomes, each -> each.slower().isGiven()) : "–");
    row.add(millis >= WITHIN ? share(outcomes, each -> each.noSlower().isGiven()) : "–");
    if (millis != WITHIN) {
      var right =
          outcomes.stream()
              .map(each -> millis < WITHIN ? each.noSlower() : each.slower())
              .filter(At::isGiven)
              .toList();
      row.add(String.format(Locale.ROOT, "%.1f", 100.0 * right.size() / outcomes.size()));
      row.add(quantiles(right, At::pairs));
      row.add(quantiles(right, At::minutes));
    }
    return row;
  }

  private static String share(List<Outcome> outcomes, Predicate<Outcome> which) {
    return new Alarms(outcomes.stream().filter(which).count(), outcomes.size() / 100.0).text();
  }

  private static String quantiles(List<At> right, ToDoubleFunction<At> figure) {
    double[] sorted = right.stream().mapToDouble(figure).sorted().toArray();
    return sorted.length == 0
        ? "–"
        : Delays.thousands((int) sorted[sorted.length / 2])
            + "/"
            + Delays.thousands((int) sorted[(int) (0.95 * (sorted.length - 1))]);
  }
}
