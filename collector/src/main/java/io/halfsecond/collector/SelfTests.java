package io.halfsecond.collector;

import io.halfsecond.collector.selftest.SelfTest;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.selftest.Trial;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the self-test a little after the start and then once a day, on a thread of its own.
final class SelfTests implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfTests.class);

  /// A run takes some 10 ms: a tenth of one CPU, for a minute a day.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration DAILY = Duration.ofDays(1);

  /// Hosts of a fleet are started together, and guests share a machine: some come as much earlier.
  private static final double JITTER = 0.1;

  private final Supplier<Map<String, String>> environment;
  private final Consumer<List<SelfTestResult>> reports;
  private final RandomGenerator random;
  private final Lock alone;
  private final Rounds rounds;

  /// @param first from the start to the first self-test
  /// @param alone held during a self-test: what other children of this process cost would count as
  ///   sshd's
  /// @param environment that the service manager starts sshd in, as far as it is known
  /// @param reports takes the comparisons of each self-test
  SelfTests(
      Duration first,
      Lock alone,
      Supplier<Map<String, String>> environment,
      Consumer<List<SelfTestResult>> reports,
      RandomGenerator random) {
    this.environment = environment;
    this.reports = reports;
    this.random = random;
    this.alone = alone;
    this.rounds = new Rounds("self-test", first, this::pause, this::testAlone);
  }

  void start() {
    rounds.start();
  }

  /// Ends a self-test that is under way, without a report.
  @Override
  public void close() {
    rounds.close();
  }

  private Duration pause() {
    return Duration.ofMillis((long) (DAILY.toMillis() * (1 - JITTER * random.nextDouble())));
  }

  private void testAlone() throws InterruptedException {
    alone.lockInterruptibly();
    try {
      test();
    } finally {
      alone.unlock();
    }
  }

  private void test() throws InterruptedException {
    var results = new ArrayList<SelfTestResult>();
    var test = new SelfTest(environment.get(), PAUSE, random.nextLong());
    for (var trial : SelfTest.trials()) {
      results.addAll(results(test, trial));
    }
    if (results.isEmpty()) {
      LOG.warn("no self-test today: no sshd in the usual places could be run");
    } else {
      reports.accept(results);
    }
  }

  private static List<SelfTestResult> results(SelfTest test, Trial trial)
      throws InterruptedException {
    try {
      return test.run(trial, (_, _) -> {});
    } catch (IOException | RuntimeException e) {
      LOG.warn("no self-test of {} today: {}", trial, e.toString());
      return List.of();
    }
  }
}
