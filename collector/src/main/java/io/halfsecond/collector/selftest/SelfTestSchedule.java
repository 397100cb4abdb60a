package io.halfsecond.collector.selftest;

import io.halfsecond.collector.linux.HostCommand;
import io.halfsecond.collector.schedule.PeriodicTask;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.sshd.SshdListeners;
import io.halfsecond.collector.sshd.SshdProgramSearch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the self-test shortly after the start and then once a day, on a thread of its own.
public final class SelfTestSchedule implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SelfTestSchedule.class);

  /// Hosts of a fleet are started together, and virtual machines share a host: the jitter spreads
  /// their self-tests.
  private static final double JITTER = 0.1;

  private final SelfTestSettings settings;
  private final Lock exclusive;
  private final SshdListeners listeners;
  private final SshdProgramSearch programs;
  private final Consumer<List<SelfTestResult>> reports;
  private final RandomGenerator random;
  private final PeriodicTask task;

  /// @param exclusive held during a self-test: the CPU of other children of this process would
  ///   count as sshd's. Reentrant
  /// @param listeners finds the sshds whose programs are tested
  /// @param reports takes the comparisons of each self-test
  public SelfTestSchedule(
      SelfTestSettings settings,
      Lock exclusive,
      SshdListeners listeners,
      Consumer<List<SelfTestResult>> reports,
      RandomGenerator random) {
    this.settings = settings;
    this.exclusive = exclusive;
    this.listeners = listeners;
    this.programs = new SshdProgramSearch(listeners, new HostCommand(exclusive));
    this.reports = reports;
    this.random = random;
    this.task =
        new PeriodicTask(
            "self-test", settings.first(), this::pause, settings.interval(), this::testExclusively);
  }

  public SourceMeter meter() {
    return task.meter();
  }

  public void start() {
    task.start();
  }

  /// Ends a self-test that is under way, without a report.
  @Override
  public void close() {
    task.close();
  }

  private Duration pause() {
    return Duration.ofMillis(
        (long) (settings.interval().toMillis() * (1 - JITTER * random.nextDouble())));
  }

  private void testExclusively() throws InterruptedException {
    exclusive.lockInterruptibly();
    try {
      test();
    } finally {
      exclusive.unlock();
    }
  }

  private void test() throws InterruptedException {
    var results = new ArrayList<SelfTestResult>();
    var test = new SelfTest(listeners.environment(), settings.pause(), random.nextLong());
    var found = programs.of(listeners.watched());
    if (!found.ofListeners()) {
      LOG.info("self-test: no sshd listens; the programs in the usual directories are tested");
    }
    for (var trial : SelfTest.trials(found.paths())) {
      results.addAll(results(test, trial));
    }
    if (results.isEmpty()) {
      LOG.warn("self-test: no sshd program could be run: {}", found.paths());
    } else {
      reports.accept(results);
    }
  }

  private static List<SelfTestResult> results(SelfTest test, Trial trial)
      throws InterruptedException {
    try {
      return test.run(trial, (_, _) -> {});
    } catch (IOException | RuntimeException e) {
      LOG.warn("self-test of {} failed: {}", trial, e.toString());
      return List.of();
    }
  }
}
