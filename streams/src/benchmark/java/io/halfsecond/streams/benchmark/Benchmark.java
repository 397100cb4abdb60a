package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.simulation.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Measures the detector and writes the report.
///
/// The same seed gives the same report, bit by bit and on any number of cores, but for the line
/// with nanoseconds.
final class Benchmark {
  private static final Path REPORT = Path.of("BENCHMARK.md");

  private Benchmark() {}

  public static void main(String[] args) throws IOException {
    try {
      run(Options.parse(List.of(args), Chapters.names()));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.usage(Chapters.names()));
      System.exit(2);
    }
  }

  private static void run(Options options) throws IOException {
    if (options.help()) {
      System.out.print(Options.usage(Chapters.names()));
    } else if (options.series().isPresent()) {
      System.out.print(SeriesFile.read(options.series().get()).judged());
    } else if (options.quick() || !options.only().isEmpty()) {
      System.out.print(report(options));
    } else {
      Files.writeString(REPORT, report(options));
      Progress.say("written: streams/%s".formatted(REPORT));
    }
  }

  private static String report(Options options) {
    var seed = new Seed(options.seed());
    var effort = options.quick() ? Effort.quick() : Effort.full();
    var thresholds = new Thresholds(seed, effort);
    var report = new Report();
    for (var chapter : Chapters.ALL) {
      if (options.only().isEmpty() || options.only().contains(chapter.name())) {
        report.add(
            chapter.heading(),
            chapter.introduction(),
            chapter.part().run(seed, effort, thresholds));
      }
    }
    Progress.say("done");
    return report.text(
        """
        This file is written by `make benchmark`, which simulates and measures what follows. Seed %d, commit %s, Java %s, %s effort: \
        %d repetitions of each change, %d host-years in each world. Values are milliseconds, with one sample a minute unless stated otherwise. `make benchmark SEED=2` uses \
        other random numbers and gives nearly the same tables.

        The models: AUTH, 82 %% lognormal(290 ms, σ .12), 18 %% lognormal(420 ms, σ .20), with 3 %% of all samples replaced by Pareto(1.3) outliers above 600 ms; CPU, lognormal(14.6 ms, σ .16); \
        probe, the minimum of five draws from lognormal(14.4 ms, σ .30), the distribution of startup phases on a \
        busy machine. The model is AUTH unless stated otherwise.
        """
            .formatted(
                options.seed(),
                options.commit(),
                System.getProperty("java.version"),
                options.quick() ? "little" : "full",
                effort.repetitions(),
                effort.hostYears()));
  }
}
