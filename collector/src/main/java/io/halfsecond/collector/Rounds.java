package io.halfsecond.collector;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does some work a little after the start and then again and again, on a thread of its own. Work
/// that fails is logged and done again next time.
final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /// What is done. Ends soon if its thread is interrupted.
  @FunctionalInterface
  interface Work {
    void run() throws InterruptedException;
  }

  private final Duration first;
  private final Supplier<Duration> pause;
  private final Work work;
  private final Thread thread;

  /// @param name of the work, for the thread and the log
  /// @param first from the start to the first time
  /// @param pause from one time to the next
  Rounds(String name, Duration first, Supplier<Duration> pause, Work work) {
    this.first = first;
    this.pause = pause;
    this.work = work;
    this.thread =
        Thread.ofPlatform().name("halfsecond-" + name).daemon(true).unstarted(() -> run(name));
  }

  void start() {
    thread.start();
  }

  /// Ends the work that is under way.
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(String name) {
    try {
      Thread.sleep(first);
      while (true) {
        round(name);
        Thread.sleep(pause.get());
      }
    } catch (InterruptedException _) {
      // close() wants it so.
    }
  }

  private void round(String name) throws InterruptedException {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn("no {} this time: {}", name, e.toString());
    }
  }
}
