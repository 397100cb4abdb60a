package io.halfsecond.collector.selftest;

import io.halfsecond.collector.linux.ChildUsage;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.sshd.SshdPrograms;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Runs sshd's programs in turn in every [Surrounding] and compares what they cost.
///
/// **Guarantees** no program is run in a way that listens, logs or reads the host's configuration;
/// each is ended after [#LIMIT]; nothing is left behind. **Assumes** no other child of this process
/// ends meanwhile: its CPU would count. Takes about 10 ms of CPU a run, [#RUNS] runs of each
/// program in each of five surroundings; twice as many again where a difference showed, and these
/// alone count then: so what is told was not picked by the test that told it.
public final class SelfTest {
  /// Twelve of each: if all of one group are above all of the other, p is 2/C(24,12), one in 1.4
  /// million.
  public static final int RUNS = 12;

  private static final int RUNS_AGAIN = 2 * RUNS;

  /// Below this p-value it is looked into again.
  private static final double SUSPICIOUS = 1e-2;

  /// A run that takes longer is ended, and counts as the slowest.
  static final Duration LIMIT = Duration.ofSeconds(5);

  /// How far one trial has come.
  @FunctionalInterface
  public interface Progress {
    void done(int runs, int of);
  }

  private static final File NOTHING = new File("/dev/null");

  private final Map<String, String> service;
  private final Duration pause;
  private final Random random;

  /// @param service what the service manager adds to sshd's environment on this host
  /// @param pause between runs: what else this host does shall not wait for them
  /// @param seed of the order in which the surroundings take turns
  public SelfTest(Map<String, String> service, Duration pause, long seed) {
    this.service = Map.copyOf(service);
    this.pause = pause;
    this.random = new Random(seed);
  }

  /// Those of sshd's programs that this host has. -V prints the version, or, where it is not known,
  /// the usage: by then the loader has done its work. With -t sshd also reads a configuration, here
  /// an empty one.
  public static List<Trial> trials() {
    return SshdPrograms.installed().stream()
        .flatMap(
            program ->
                program.endsWith(SshdPrograms.SSHD)
                    ? Stream.of(
                        new Trial(program, List.of("-V")),
                        new Trial(
                            program,
                            List.of("-t", "-f", NOTHING.getPath(), "-h", NOTHING.getPath())))
                    : Stream.of(new Trial(program, List.of("-V"))))
        .toList();
  }

  /// @return of each surrounding but the first how it compares with that
  /// @throws IOException if the program cannot be run; the message names it
  public List<SelfTestResult> run(Trial trial, Progress progress)
      throws IOException, InterruptedException {
    var elsewhere = Files.createTempDirectory("halfsecond-selftest");
    var link = elsewhere.resolve(String.valueOf(trial.program().getFileName()));
    try {
      Files.createSymbolicLink(link, trial.program());
      var results = run(trial, link, RUNS, progress);
      return results.stream().noneMatch(result -> result.pValue() < SUSPICIOUS)
          ? results
          : run(trial, link, RUNS_AGAIN, progress);
    } finally {
      Files.deleteIfExists(link);
      Files.delete(elsewhere);
    }
  }

  private List<SelfTestResult> run(Trial trial, Path link, int runs, Progress progress)
      throws IOException, InterruptedException {
    var costs = new EnumMap<Surrounding, List<Cost>>(Surrounding.class);
    var turns = new ArrayList<>(Arrays.asList(Surrounding.values()));
    // One round more than counts: the first reads the files from the disk.
    for (int round = 0; round <= runs; round++) {
      Collections.shuffle(turns, random);
      for (var surrounding : turns) {
        Thread.sleep(pause);
        var cost =
            cost(
                surrounding == Surrounding.OTHER_NAME ? link : trial.program(),
                trial.arguments(),
                surrounding);
        if (round > 0) {
          costs.computeIfAbsent(surrounding, _ -> new ArrayList<>()).add(cost);
        }
        progress.done(
            round * turns.size() + turns.indexOf(surrounding) + 1, (runs + 1) * turns.size());
      }
    }
    var usual = costs.getOrDefault(Surrounding.SERVICE, List.of());
    return costs.entrySet().stream()
        .filter(entry -> entry.getKey() != Surrounding.SERVICE)
        .map(
            entry ->
                new SelfTestResult(
                    trial,
                    entry.getKey(),
                    runs,
                    Arrays.stream(Measure.values())
                        .map(
                            measure ->
                                Comparison.of(
                                    measure,
                                    values(measure, usual),
                                    values(measure, entry.getValue())))
                        .toList()))
        .toList();
  }

  private record Cost(long wallNanos, long cpuNanos) {}

  private Cost cost(Path program, List<String> arguments, Surrounding surrounding)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(arguments);
    var builder =
        new ProcessBuilder(command)
            .redirectInput(Redirect.from(NOTHING))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(service);
    surrounding.apply(builder.environment());
    var before = ChildUsage.now();
    long started = System.nanoTime();
    var process = builder.start();
    try {
      if (!process.waitFor(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } finally {
      process.destroyForcibly();
    }
    long wall = System.nanoTime() - started;
    return new Cost(wall, ChildUsage.now().since(before).cpuNanos());
  }

  private static double[] values(Measure measure, List<Cost> costs) {
    return costs.stream()
        .mapToDouble(
            cost ->
                (double)
                    switch (measure) {
                      case WALL -> cost.wallNanos();
                      case CPU -> cost.cpuNanos();
                    })
        .toArray();
  }
}
