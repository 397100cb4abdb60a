package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.simulation.Cohort;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.WatchedKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Whether a second run over the same samples gives the same alerts and the same state, bit by bit,
/// though its state goes through bytes after every sample.
final class ReplayPart implements ReportPart {
  private static final int BEFORE = 12_000;
  private static final int SHIFTED = 300;
  private static final int AFTER = 1_500;
  private static final int SERIES_BY_REPETITIONS = 10;

  /// @param steps in the life of alerts
  private record Run(List<AlertStep> steps, ByteBuffer state) {}

  private record Outcome(int steps, boolean same) {}

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    Progress.say("replay");
    int series = effort.repetitions() / SERIES_BY_REPETITIONS;
    var outcomes =
        IntStream.range(0, series)
            .parallel()
            .mapToObj(
                number -> {
                  var straight = run(seed, number, false);
                  var stored = run(seed, number, true);
                  return new Outcome(straight.steps().size(), straight.equals(stored));
                })
            .toList();
    long same = outcomes.stream().filter(Outcome::same).count();
    String text =
        "%d of %d series of %s samples, with a shift of 50 ms for %d samples, a cohort, both tiers and %s steps of alerts: equal steps and equal bytes.%n"
            .formatted(
                same,
                series,
                Delays.thousands(BEFORE + SHIFTED + AFTER),
                SHIFTED,
                Delays.thousands(outcomes.stream().mapToInt(Outcome::steps).sum()));
    return new Chapter(
        text,
        List.of(
            new Goal(
                "replay",
                "identical bit by bit",
                same + " of " + series + " series",
                same == series)));
  }

  private static Run run(Seed seed, int number, boolean stored) {
    var random = seed.of("replay", number);
    var cohort = Cohort.of(Models.AUTH, random);
    var model = cohort.host(random);
    var host = Setup.relative().with(cohort.prior()).host(number + "-");
    var source = new Source(Regime.IID, model, random, 0);
    var steps = new ArrayList<AlertStep>();
    feed(host, source, BEFORE, stored, steps);
    feed(host, source.become(Case.FIFTY_MILLIS.change().of(model)), SHIFTED, stored, steps);
    feed(host, source.become(model), AFTER, stored, steps);
    return new Run(steps, ByteBuffer.wrap(host.bytes()));
  }

  private static void feed(
      WatchedKey host, Source source, int samples, boolean stored, List<AlertStep> steps) {
    for (int i = 0; i < samples; i++) {
      steps.addAll(host.observe(source.next()));
      if (stored) {
        host.store();
      }
    }
  }
}
