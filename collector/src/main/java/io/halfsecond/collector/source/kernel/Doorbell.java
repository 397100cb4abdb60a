package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.NetlinkSocket;
import io.halfsecond.collector.linux.Poller;
import io.halfsecond.collector.linux.ReceiveSlots;
import io.halfsecond.collector.linux.WakeUp;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes the kernel source's thread for sshd's processes only: a second subscription to process
/// events, from which the kernel drops those of all other processes.
///
/// Nothing is read from it but that it rings. The events themselves come from the socket without a
/// filter, so a filter that is late (the kernel knows no names and no families, only pids that were
/// known before) delays evidence by the time between two readings, and loses none.
///
/// **Assumes** that the thread that made it is the only one.
final class Doorbell implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Doorbell.class);

  /// The longest event, of 40 bytes, with its two headers.
  private static final int SLOT_BYTES = 76;

  private static final int[] NOBODY = {};

  /// The socket, what it is read into, and what waits for it.
  private record Line(NetlinkSocket socket, ReceiveSlots slot, Poller poller) {}

  private Optional<Line> line = Optional.empty();

  /// Where the kernel has no socket filters, it cannot be set, and all is as without it.
  Doorbell(WakeUp wakeUp) {
    try {
      var socket = NetlinkSocket.open(NetlinkSocket.NETLINK_CONNECTOR, ProcConnector.PROC_GROUP);
      line =
          Optional.of(
              new Line(
                  socket, new ReceiveSlots(1, SLOT_BYTES), new Poller(wakeUp, List.of(socket))));
      socket.passOnly(ProcConnectorDecoder.TGID, NOBODY);
    } catch (NativeCallException e) {
      giveUp(e);
    }
  }

  private void giveUp(NativeCallException e) {
    LOG.info("the kernel source wakes for every process of the host: {}", e.getMessage());
    close();
  }

  /// Rings from now on for events of these processes, and for forks by them.
  ///
  /// @return whether it does
  boolean set(int[] pids) throws IOException {
    if (line.isEmpty()) {
      return false;
    }
    try {
      line.get().socket().passOnly(ProcConnectorDecoder.TGID, pids);
    } catch (NativeCallException e) {
      giveUp(e);
      return false;
    }
    rang();
    return true;
  }

  /// Waits until it rings, at most so long.
  ///
  /// @return false once the [WakeUp] was signalled
  boolean await(int timeoutMillis) throws NativeCallException {
    return line.orElseThrow().poller().await(timeoutMillis);
  }

  /// Whether it has rung since it was set or asked.
  boolean rang() throws IOException {
    var open = line.orElseThrow();
    int received = NetlinkSocket.NOTHING;
    boolean any = false;
    while ((received = open.socket().receive(open.slot(), 0)) != NetlinkSocket.NOTHING) {
      any |= received != NetlinkSocket.FOREIGN;
    }
    return any;
  }

  @Override
  public void close() {
    line.ifPresent(
        open -> {
          open.poller().close();
          open.socket().close();
          open.slot().close();
        });
    line = Optional.empty();
  }
}
