package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.Errno;
import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.NetlinkSocket;
import io.halfsecond.collector.linux.Poller;
import io.halfsecond.collector.linux.ReceiveSlots;
import io.halfsecond.collector.linux.WakeUp;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/// The subscription to process events: the socket of the proc connector (linux/cn_proc.h). Belongs
/// to the thread that opened it.
final class ProcConnector implements AutoCloseable {
  /// include/linux/connector.h: the multicast group of the proc connector is number CN_IDX_PROC.
  static final int PROC_GROUP = 1;

  /// The kernel answers within microseconds; the rest is for a machine that has no CPU left for the
  /// collector.
  static final long ANSWER_NANOS = 2_000_000_000L;

  private static final int SLOT_BYTES = 2048;

  /// More than a buffer of 8 MiB holds, so that one drain passes all that was queued when it began,
  /// and still ends while the kernel keeps sending faster than it is read.
  private static final int DRAIN = 32_768;

  private final NetlinkSocket socket;
  private final ReceiveSlots slot = new ReceiveSlots(1, SLOT_BYTES);

  private ProcConnector(NetlinkSocket socket) {
    this.socket = socket;
  }

  static ProcConnector open() throws SourceUnavailableException {
    try {
      return new ProcConnector(NetlinkSocket.open(NetlinkSocket.NETLINK_CONNECTOR, PROC_GROUP));
    } catch (NativeCallException e) {
      throw new SourceUnavailableException(
          switch (e.errno()) {
            case EPERM, EACCES ->
                "process events need the capability CAP_NET_ADMIN with this kernel (before 6.6)";
            case EPROTONOSUPPORT, EAFNOSUPPORT -> "the kernel has no connector (CONFIG_CONNECTOR)";
            case ENOENT, ESRCH, EINTR, EAGAIN, EINVAL, EMFILE, ENOBUFS, ECONNREFUSED, OTHER ->
                "process events: " + e.getMessage();
          },
          e);
    }
  }

  NetlinkSocket socket() {
    return socket;
  }

  /// Requests process events and waits for the acknowledgement: in another pid or user namespace
  /// the kernel ignores the request and reports no error.
  void listen(KernelMessages messages, StartCheck start, WakeUp wakeUp, LongSupplier monotonicNanos)
      throws IOException, SourceUnavailableException {
    try {
      socket.send(ProcConnectorDecoder.listenRequest(socket.port(), start.request()));
    } catch (NativeCallException e) {
      if (e.errno() == Errno.ECONNREFUSED) {
        throw new SourceUnavailableException(
            "process events exist only in the host's network namespace:"
                + " run without PrivateNetwork, in a container with the host's network",
            e);
      }
      throw e;
    }
    try (var poller = new Poller(wakeUp, List.of(socket))) {
      long deadline = monotonicNanos.getAsLong() + ANSWER_NANOS;
      while (start.ack().isEmpty() && poller.awaitUntil(deadline, monotonicNanos)) {
        drain(messages);
      }
    }
    if (start.ack().isEmpty()) {
      throw new SourceUnavailableException(
          "the kernel ignored the request for process events: %s; otherwise it lacks them"
                  .formatted(StartCheck.namespaceAdvice())
              + " (CONFIG_PROC_EVENTS)");
    }
    int error = start.ack().get().error();
    if (error != 0) {
      throw new SourceUnavailableException(
          "the kernel refused process events (%s): the capability CAP_NET_ADMIN is missing"
              .formatted(Errno.of(error)));
    }
  }

  /// Reads what is queued.
  ///
  /// @return whether the queue was read to its end
  boolean drain(KernelMessages messages) throws IOException {
    for (int i = 0; i < DRAIN; i++) {
      switch (socket.receive(slot, 0)) {
        case NetlinkSocket.NOTHING -> {
          return true;
        }
        case NetlinkSocket.OVERRUN -> messages.onOverflow();
        case NetlinkSocket.FOREIGN -> messages.onUnreadable();
        default -> messages.onEvents(slot.view(0));
      }
    }
    return false;
  }

  /// Unsubscribes; otherwise the kernel makes messages for nobody until it notices.
  void ignore(StartCheck start) throws NativeCallException {
    socket.send(ProcConnectorDecoder.ignoreRequest(socket.port(), start.request()));
  }

  @Override
  public void close() {
    socket.close();
    slot.close();
  }
}
