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

/// Runs sshd's programs in every [TestEnvironment] in turn and compares their cost.
///
/// **Guarantees** no program listens, logs or reads the host's configuration; each is ended after
/// [#LIMIT]; nothing is left behind. **Assumes** that no other child of this process ends
/// meanwhile: its CPU would count. A run takes about 10 ms of CPU. There are [#RUNS] runs of each
/// program in each of five environments. Where these show a difference, there are twice as many
/// again, and only the second series is reported: the runs that raise a suspicion do not also
/// confirm it.
public final class SelfTest {
  /// With twelve runs each, if all of one group are above all of the other, p is 2/C(24,12), one in
  /// 1.4 million.
  public static final int RUNS = 12;

  private static final int RUNS_AGAIN = 2 * RUNS;

  /// Below this p-value the trial is repeated.
  private static final double SUSPICIOUS = 1e-2;

  /// A run that takes longer is ended, and counts as the slowest.
  static final Duration LIMIT = Duration.ofSeconds(5);

  /// Progress of one trial.
  @FunctionalInterface
  public interface ProgressListener {
    void done(int runs, int of);
  }

  private static final File NOTHING = new File("/dev/null");

  private final Map<String, String> service;
  private final Duration pause;
  private final Random random;

  /// @param service what the service manager adds to sshd's environment on this host
  /// @param pause between runs, so that other work of this host does not wait for them
  /// @param seed of the order of environments
  public SelfTest(Map<String, String> service, Duration pause, long seed) {
    this.service = Map.copyOf(service);
    this.pause = pause;
    this.random = new Random(seed);
  }

  /// One or two ways to run each of sshd's programs. -V prints the version, or the usage where the
  /// option is unknown: by then the loader is done. With -t sshd also reads a configuration, here
  /// an empty one.
  public static List<Trial> trials(List<Path> programs) {
    return programs.stream()
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

  /// @return how each environment compares with the first
  /// @throws IOException if the program cannot be run; the message names it
  public List<SelfTestResult> run(Trial trial, ProgressListener progress)
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

  private List<SelfTestResult> run(Trial trial, Path link, int runs, ProgressListener progress)
      throws IOException, InterruptedException {
    var costs = new EnumMap<TestEnvironment, List<RunCost>>(TestEnvironment.class);
    var turns = new ArrayList<>(Arrays.asList(TestEnvironment.values()));
    // The first round is not counted: it reads the files from the disk.
    for (int round = 0; round <= runs; round++) {
      Collections.shuffle(turns, random);
      for (var environment : turns) {
        Thread.sleep(pause);
        var cost =
            cost(
                environment == TestEnvironment.OTHER_NAME ? link : trial.program(),
                trial.arguments(),
                environment);
        if (round > 0) {
          costs.computeIfAbsent(environment, _ -> new ArrayList<>()).add(cost);
        }
        progress.done(
            round * turns.size() + turns.indexOf(environment) + 1, (runs + 1) * turns.size());
      }
    }
    var usual = costs.getOrDefault(TestEnvironment.SERVICE, List.of());
    return costs.entrySet().stream()
        .filter(entry -> entry.getKey() != TestEnvironment.SERVICE)
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

  private record RunCost(long wallNanos, long cpuNanos) {}

  private RunCost cost(Path program, List<String> arguments, TestEnvironment environment)
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
    environment.apply(builder.environment());
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
    return new RunCost(wall, ChildUsage.now().since(before).cpuNanos());
  }

  private static double[] values(Measure measure, List<RunCost> costs) {
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
