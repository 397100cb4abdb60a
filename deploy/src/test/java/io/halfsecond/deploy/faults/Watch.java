package io.halfsecond.deploy.faults;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Looks at a process twice a second: whether it is ready, and how much memory it takes.
final class Watch implements AutoCloseable {
  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final Program program;
  private final Thread thread = Thread.ofPlatform().name("watch").unstarted(this::run);
  private volatile boolean closing;
  private volatile Duration longestNotReady = Duration.ZERO;
  private volatile long mostMemory;

  private Watch(Program program) {
    this.program = program;
  }

  static Watch of(Program program) {
    var watch = new Watch(program);
    watch.thread.start();
    return watch;
  }

  private void run() {
    @Nullable Instant since = null;
    try {
      while (!closing) {
        mostMemory = Math.max(mostMemory, program.residentBytes());
        if (program.ready()) {
          since = null;
        } else {
          since = since == null ? Instant.now() : since;
          var span = Duration.between(since, Instant.now());
          longestNotReady = span.compareTo(longestNotReady) > 0 ? span : longestNotReady;
        }
        Thread.sleep(BETWEEN);
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /// For how long it was not ready at a stretch.
  Duration longestNotReady() {
    return longestNotReady;
  }

  /// The most resident memory, in bytes.
  long mostMemory() {
    return mostMemory;
  }

  @Override
  public void close() {
    closing = true;
    Threads.join(thread);
  }
}
