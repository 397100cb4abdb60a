package io.halfsecond.collector.schedule;

import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Repeats work on a thread of its own, with a pause after each run that can be cut short. Work
/// that fails, by an error too, is logged, and done again at the next run. The meter says whether
/// it fails, and whether a run is overdue.
public final class PeriodicTask implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);

  /// The work. It ends soon when its thread is interrupted.
  @FunctionalInterface
  public interface Work {
    void run() throws InterruptedException;
  }

  private final Duration first;
  private final Supplier<Duration> pause;
  private final Work work;
  private final Thread thread;
  private final Duration period;
  private final SourceMeter meter = new SourceMeter();
  private final Semaphore due = new Semaphore(0);

  /// @param name of the work, for the thread and the log
  /// @param first from the start to the first run
  /// @param pause from the end of a run to the start of the next
  /// @param period from run to run at the longest, each with its pause
  public PeriodicTask(
      String name, Duration first, Supplier<Duration> pause, Duration period, Work work) {
    this.first = first;
    this.period = period;
    this.pause = pause;
    this.work = work;
    this.thread = Thread.ofVirtual().name("halfsecond-" + name).unstarted(() -> repeat(name));
  }

  public SourceMeter meter() {
    return meter;
  }

  public void start() {
    meter.become(Condition.RUNNING, "the first run has not ended yet");
    meter.worked(period.plus(first));
    thread.start();
  }

  /// Has the next run begin now, or as soon as the one under way has ended.
  public void soon() {
    if (due.availablePermits() == 0) {
      due.release();
    }
  }

  /// Interrupts a run that is under way. Does nothing before [#start].
  @Override
  public void close() {
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void repeat(String name) {
    try {
      var _ = due.tryAcquire(first.toNanos(), TimeUnit.NANOSECONDS);
      while (true) {
        runOnce(name);
        var _ = due.tryAcquire(pause.get().toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException _) {
      // By close().
    }
    meter.become(Condition.STOPPED, "");
  }

  private void runOnce(String name) throws InterruptedException {
    try {
      work.run();
      meter.become(Condition.RUNNING, "");
      meter.worked(period);
    } catch (RuntimeException | Error e) {
      LOG.warn("{} failed, it is tried again at the next run: {}", name, e.toString());
      meter.become(Condition.DEGRADED, "the last run failed: " + e);
      // Work without a pause would fail without one.
      Thread.sleep(AFTER_FAILURE);
    }
  }
}
