package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.detector.AlertFacts;
import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.WatchedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// How well an alert says when it began and by how much the signal has moved.
final class OnsetPart implements ReportPart {
  private static final List<Double> ZONES = List.of(0.0, 0.05, 0.10);
  private static final double JUDGED_ZONE = 0.05;
  private static final int SETTLED = 50;
  private static final int MOST = 5_000;
  private static final double SECONDS_APART = 60;
  private static final double NANOS = 1e6;

  /// @param onsetError samples from the true onset
  /// @param covered whether the first interval from 50 connections on holds the true shift of
  ///   medians
  private record Outcome(int onsetError, boolean covered) {}

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    var table =
        new Table(
            "STEP",
            "change",
            "onset error: median/p95, samples",
            "interval covers the shift",
            "alerts");
    var goals = new ArrayList<Goal>();
    for (double zone : ZONES) {
      for (var each : List.of(Case.HALF_SECOND, Case.FIFTY_MILLIS)) {
        Progress.say("onset: dead zone %.2f, %s".formatted(zone, each.name()));
        double shift = (each.after().median() - each.before().median()) * NANOS;
        var outcomes =
            IntStream.range(0, effort.repetitions())
                .parallel()
                .mapToObj(repetition -> outcome(zone, each, shift, seed, repetition))
                .flatMap(List::stream)
                .toList();
        var errors = Delays.of(outcomes.stream().mapToInt(Outcome::onsetError), MOST);
        double covered =
            (double) outcomes.stream().filter(Outcome::covered).count() / outcomes.size();
        String share = String.format(Locale.ROOT, "%.3f", covered);
        table.row(
            String.format(Locale.ROOT, "δ %.0f %%", 100 * zone),
            each.name(),
            errors.text(),
            share,
            Integer.toString(outcomes.size()));
        if (zone == JUDGED_ZONE) {
          int most = each.equals(Case.HALF_SECOND) ? 1 : 22;
          goals.add(
              new Goal(
                  "onset error, " + each.name() + ", δ 5 %",
                  "p95 ≤ " + most + " samples",
                  errors.text(),
                  errors.p95() <= most));
          goals.add(
              new Goal(
                  "interval coverage after 50, " + each.name() + ", δ 5 %",
                  "≥ .95",
                  share,
                  covered >= 0.95));
        }
      }
    }
    return new Chapter(table.toString(), goals);
  }

  /// @return nothing if there was no alert
  private static List<Outcome> outcome(
      double zone, Case each, double shift, Seed seed, int repetition) {
    var random = seed.of("onset %s %s".formatted(zone, each.name()), repetition);
    var learnt =
        Lab.learn(
            Setup.step(zone), Regime.IID, each.before(), Lab.MATURE, repetition + "-", random);
    var source = learnt.source().become(each.after());
    double changed = source.following();
    for (int i = 0; i < MOST; i++) {
      for (AlertStep step : learnt.host().observe(source.next())) {
        AlertFacts facts = step.facts();
        if (facts.connections() >= SETTLED) {
          double error = Math.abs(WatchedKey.second(facts.onset()) - changed) / SECONDS_APART;
          return List.of(
              new Outcome(
                  (int) Math.round(error),
                  facts.shiftLow() <= shift && shift <= facts.shiftHigh()));
        }
      }
    }
    return List.of();
  }
}
