package io.halfsecond.collector.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/// An eventfd(2) with which any thread ends another thread's [Poller#await], permanently.
public final class WakeUp implements AutoCloseable {
  private static final int EFD_CLOEXEC = 0x80000;

  private final int fd;
  private final AtomicBoolean closed = new AtomicBoolean();

  public WakeUp() throws NativeCallException {
    try (var arena = Arena.ofConfined()) {
      var libc = new Libc(arena);
      fd = libc.eventfd(0, EFD_CLOEXEC);
      if (fd == -1) {
        throw libc.failed("eventfd");
      }
    }
  }

  /// Makes every current and later wait return at once.
  public synchronized void signal() {
    if (closed.get()) {
      return;
    }
    try (var arena = Arena.ofConfined()) {
      // Fails only when the counter would pass 2^64 - 2; the waiter is awake by then.
      long ignored =
          new Libc(arena).write(fd, arena.allocateFrom(ValueLayout.JAVA_LONG, 1L), Long.BYTES);
    }
  }

  int descriptor() {
    return fd;
  }

  @Override
  public synchronized void close() {
    if (closed.compareAndSet(false, true)) {
      Libc.closeQuietly(fd);
    }
  }
}
