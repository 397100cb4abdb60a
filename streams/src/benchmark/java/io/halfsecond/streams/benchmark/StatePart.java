package io.halfsecond.streams.benchmark;

import io.halfsecond.streams.detector.Detector;
import io.halfsecond.streams.detector.KeyState;
import io.halfsecond.streams.simulation.Models;
import io.halfsecond.streams.simulation.Regime;
import io.halfsecond.streams.simulation.Seed;
import io.halfsecond.streams.simulation.Source;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a key costs: bytes that are stored, and time.
final class StatePart implements ReportPart {
  private static final int MOST_BYTES = 700;
  private static final int MOST_NANOS = 500;

  /// Of three weeks' samples, after two weeks of learning: at any age of what is in quarantine.
  private static final int SAMPLES = 3 * 10_080;

  private static final int LEARNT = 2 * 10_080;
  private static final int EVERY = 97;
  private static final int ROUNDS = 9;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int TIMED = 200_000;

  @Override
  public Chapter run(Seed seed, Effort effort, Thresholds thresholds) {
    Progress.say("size of the state");
    int[] bytes =
        IntStream.range(0, effort.repetitions() / 4)
            .parallel()
            .boxed()
            .flatMapToInt(host -> sizes(seed, host))
            .sorted()
            .toArray();
    String size =
        "%d/%d/%d"
            .formatted(
                bytes[bytes.length / 2], bytes[bytes.length * 95 / 100], bytes[bytes.length - 1]);
    Progress.say("time");
    var table = new Table("", "measured");
    table.row(
        "bytes of a mature key, both tiers: median/p95/largest of "
            + Delays.thousands(bytes.length),
        size);
    double both = nanos(Setup.relative(), seed);
    table.row("CPU ns a sample of a mature key, both tiers", number(both));
    table.row(
        "CPU ns a sample of a mature key, STEP alone", number(nanos(Setup.relative().raw(), seed)));
    return new Chapter(
        table.toString(),
        List.of(
            new Goal(
                "state of a mature key",
                "≤ %d bytes".formatted(MOST_BYTES),
                size + " (median/p95/largest)",
                bytes[bytes.length - 1] <= MOST_BYTES),
            new Goal(
                    "cost of a sample, mature key, both tiers",
                    "≤ %d ns".formatted(MOST_NANOS),
                    number(both) + " ns",
                    both <= MOST_NANOS)
                .unless("Either tier ranks and bets for itself; the row of STEP alone is below.")));
  }

  private static IntStream sizes(Seed seed, int number) {
    var host = Setup.relative().host(number + "-");
    var source = new Source(Regime.IID, Models.AUTH, seed.of("size of the state", number), 0);
    host.learn(source, LEARNT);
    var sizes = new ArrayList<Integer>();
    for (int i = 0; i < SAMPLES; i++) {
      host.observe(source.next());
      if (i % EVERY == 0) {
        sizes.add(host.bytes().length);
      }
    }
    return sizes.stream().mapToInt(x -> x);
  }

  /// CPU time of the thread, of the fastest of some rounds: the slower ones share caches with
  /// others.
  private static double nanos(Setup setup, Seed seed) {
    var learnt = Lab.learn(setup, Regime.IID, Models.AUTH, Lab.MATURE, "time-", seed.of("time", 0));
    var state = KeyState.fromBytes(learnt.host().bytes());
    var detector = new Detector(setup.settings());
    double[] nanos = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      var samples =
          Stream.generate(() -> learnt.host().sample(learnt.source().next())).limit(TIMED).toList();
      long begin = THREADS.getCurrentThreadCpuTime();
      samples.forEach(sample -> detector.observe(state, setup.context(), sample));
      nanos[round] = (double) (THREADS.getCurrentThreadCpuTime() - begin) / TIMED;
    }
    return Arrays.stream(nanos).min().orElse(0);
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, "%.0f", x);
  }
}
