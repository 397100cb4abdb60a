package io.halfsecond.collector.schedule;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Repeats work on a thread of its own, with a pause after each run. Work that fails is logged, and
/// done again at the next run.
public final class PeriodicTask implements AutoCloseable {
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

  /// @param name of the work, for the thread and the log
  /// @param first from the start to the first run
  /// @param pause from the end of a run to the start of the next
  public PeriodicTask(String name, Duration first, Supplier<Duration> pause, Work work) {
    this.first = first;
    this.pause = pause;
    this.work = work;
    this.thread = Thread.ofVirtual().name("halfsecond-" + name).unstarted(() -> repeat(name));
  }

  public void start() {
    thread.start();
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
      Thread.sleep(first);
      while (true) {
        runOnce(name);
        Thread.sleep(pause.get());
      }
    } catch (InterruptedException _) {
      // By close().
    }
  }

  private void runOnce(String name) throws InterruptedException {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("{} failed, it is tried again at the next run: {}", name, e.toString());
    }
  }
}
