package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.detector.AlertStep;
import io.halfsecond.streams.detector.Tier;
import io.halfsecond.streams.simulation.Model;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import io.halfsecond.streams.simulation.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Whether single spikes page: they are no shift.
///
/// Two weeks of a sample every five minutes like
/// `realKnownCause/ec2_request_latency_system_failure` of the Numenta Anomaly Benchmark, which is
/// not in this repository: about 45 with little noise, and one sample in 500 at up to twice that.
final class SpikePart implements ReportPart {
  private static final Model LATENCY =
      new Model.Mixture(
          List.of(
              new Model.Part(0.998, new Model.Lognormal(45, 0.05)),
              new Model.Part(0.002, new Model.Lognormal(80, 0.2))));
  private static final Regime FIVE_MINUTES = Regime.IID.with(Timing.every(300));
  private static final int SAMPLES = 4_032;

  private static final String MEASURED_ONCE =
      """
      The series itself (numenta/NAB at ea702d7, 4,032 values every five minutes, median 45, 99 % below 50; not in \
      this repository) was run manually with `--series`. A single value of 30 on 14 March, labelled an anomaly, did \
      not page. On 18 March, the successive values 65.7, 99.2 and 53.6 did, with the second of them: onset 22:36, \
      open at 22:42, resolved at 23:12. They are labelled an anomaly too. The failure at the end (21 March, from \
      03:01, values from 23 to 66) paged after half an hour. Nothing else paged.
      """;
  private static final Goal MEASURED_BY_HAND =
      new Goal(
              "NAB ec2_request_latency_system_failure, by hand",
              "no page on isolated spikes",
              "1 of 2",
              false)
          .unless(
              "The one that paged is two values in a row beyond all 3,400 before them, confirmed by"
                  + " a third: by chance not once in a year.");

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    Progress.say("spikes");
    int series = effort.repetitions();
    long pages =
        IntStream.range(0, series).parallel().mapToLong(number -> pages(seed, number)).sum();
    double hostYears = series * (double) SAMPLES * 300 / Duration.ofDays(365).toSeconds();
    String text = "%d pages in %d series of two weeks".formatted(pages, series);
    return new Chapter(
        text + ".\n\n" + MEASURED_ONCE,
        List.of(
            new Goal(
                    "single spikes, two weeks of a sample every five minutes",
                    "no page",
                    text,
                    pages == 0)
                .unless(
                    String.format(
                        Locale.ROOT,
                        "%.1f a host-year, where one is promised.",
                        pages / hostYears)),
            MEASURED_BY_HAND));
  }

  private static long pages(Seed seed, int number) {
    var host = Setup.relative().host(number + "-");
    var source = new Source(FIVE_MINUTES, LATENCY, seed.of("spikes", number), 0);
    return IntStream.range(0, SAMPLES)
        .boxed()
        .flatMap(_ -> host.observe(source.next()).stream())
        .filter(step -> step instanceof AlertStep.Opened && step.facts().tier() == Tier.STEP)
        .count();
  }
}
