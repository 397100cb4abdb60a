package io.halfsecond.collector.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongSupplier;

/// Waits with poll(2) until a socket can be read or a [WakeUp] is signalled. Belongs to the thread
/// that made it; does not own the sockets.
public final class Poller implements AutoCloseable {
  /// struct pollfd: int fd, short events, short revents.
  private static final int POLLFD_BYTES = 8;

  private static final int EVENTS = 4;
  private static final int REVENTS = 6;
  private static final short POLLIN = 1;

  private final Arena arena = Arena.ofConfined();
  private final Libc libc = new Libc(arena);
  private final MemorySegment descriptors;
  private final int count;

  public Poller(WakeUp wakeUp, List<NetlinkSocket> sockets) {
    count = sockets.size() + 1;
    descriptors = arena.allocate((long) count * POLLFD_BYTES, 4);
    watch(0, wakeUp.descriptor());
    for (int i = 0; i < sockets.size(); i++) {
      watch(i + 1, sockets.get(i).descriptor());
    }
  }

  private void watch(int index, int fd) {
    descriptors.set(Libc.INT, (long) index * POLLFD_BYTES, fd);
    descriptors.set(Libc.SHORT, (long) index * POLLFD_BYTES + EVENTS, POLLIN);
  }

  /// Waits. An overflow counts as readable.
  ///
  /// @param timeoutMillis −1 to wait without a limit
  /// @return false once the [WakeUp] was signalled
  public boolean await(int timeoutMillis) throws NativeCallException {
    if (libc.poll(descriptors, count, timeoutMillis) == -1) {
      if (Errno.of(libc.errno()) != Errno.EINTR) {
        throw libc.failed("poll");
      }
      return true;
    }
    return descriptors.get(Libc.SHORT, REVENTS) == 0;
  }

  /// Waits until something can be read.
  ///
  /// @return false once the deadline has passed or the [WakeUp] was signalled
  public boolean awaitUntil(long deadlineNanos, LongSupplier monotonicNanos)
      throws NativeCallException {
    long left = deadlineNanos - monotonicNanos.getAsLong();
    return left > 0 && await((int) (left / 1_000_000) + 1);
  }

  /// Whether a socket, by its index in the list, could be read when [#await] last returned.
  public boolean ready(int socket) {
    return descriptors.get(Libc.SHORT, (long) (socket + 1) * POLLFD_BYTES + REVENTS) != 0;
  }

  @Override
  public void close() {
    arena.close();
  }
}
