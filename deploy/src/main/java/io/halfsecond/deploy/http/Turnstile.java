package io.halfsecond.deploy.http;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Lets so many threads in at once. When one more comes, the one that has been inside longest is
/// interrupted, if that is a second or more, which closes the connection that it reads from or
/// writes to. So clients that are slow, or that do not read, make room for one that comes after
/// them, and never keep it out.
final class Turnstile {
  /// What a thread does inside.
  interface Work {
    void run() throws IOException;
  }

  /// In a rush, one that is just being served is not interrupted.
  private static final long GRACE_NANOS = Duration.ofSeconds(1).toNanos();

  /// So many times more may be inside then.
  private static final int AT_A_RUSH = 4;

  private final int most;
  private final long longestNanos;
  private final LongSupplier nanos;

  /// Since when each is inside. The one that came first is the first one.
  private final Map<Thread, Long> inside = new LinkedHashMap<>();

  /// @param longest after that [#interruptOverdue] interrupts a thread
  /// @param nanos a clock that only runs forward
  Turnstile(int most, Duration longest, LongSupplier nanos) {
    this.most = most;
    this.longestNanos = longest.toNanos();
    this.nanos = nanos;
  }

  void pass(Work work) throws IOException {
    var self = Thread.currentThread();
    enter(self);
    try {
      work.run();
    } finally {
      leave(self);
    }
  }

  private synchronized void enter(Thread self) {
    long now = nanos.getAsLong();
    if (inside.size() >= most) {
      // Within the lock, so that it is still inside.
      var first = inside.entrySet().iterator().next();
      if (now - first.getValue() >= GRACE_NANOS || inside.size() >= most * AT_A_RUSH) {
        inside.remove(first.getKey());
        first.getKey().interrupt();
      }
    }
    inside.put(self, now);
  }

  private synchronized void leave(Thread self) {
    inside.remove(self);
  }

  /// Interrupts those that have been inside for too long.
  synchronized void interruptOverdue() {
    long now = nanos.getAsLong();
    inside
        .entrySet()
        .removeIf(
            entry -> {
              boolean overdue = now - entry.getValue() > longestNanos;
              if (overdue) {
                entry.getKey().interrupt();
              }
              return overdue;
            });
  }

  synchronized int inside() {
    return inside.size();
  }
}
