package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.linux.Capability;
import io.halfsecond.collector.linux.Errno;
import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.NetlinkSocket;
import io.halfsecond.collector.linux.Poller;
import io.halfsecond.collector.linux.Proc;
import io.halfsecond.collector.linux.ReceiveSlots;
import io.halfsecond.collector.linux.WakeUp;
import io.halfsecond.collector.source.SourceMeter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registration for taskstats records (linux/taskstats.h), if the kernel grants it. Belongs to
/// the thread that made it.
final class Taskstats implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Taskstats.class);
  private static final int UNKNOWN_FAMILY = -1;

  /// A record of a process with several threads holds two of 560 bytes (version 16).
  private static final int SLOT_BYTES = 2048;

  private static final int BATCH = 32;

  private final String cpus;
  private final SourceMeter meter;
  private final ReceiveSlots slots = new ReceiveSlots(BATCH, SLOT_BYTES);
  private Optional<NetlinkSocket> socket = Optional.empty();
  private Optional<String> missing = Optional.empty();
  private int family = UNKNOWN_FAMILY;
  private boolean overrun;
  private int drops;

  /// @param cpus the CPUs whose tasks are wanted, as in /sys/devices/system/cpu/possible
  Taskstats(String cpus, SourceMeter meter) {
    this.cpus = cpus;
    this.meter = meter;
  }

  /// The kernel does not grant taskstats; the message says why.
  private static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String message) {
      super(message);
    }
  }

  /// Registers; if the kernel does not grant it, [#missing] says why.
  ///
  /// @param bufferBytes the receive buffer to ask for
  void register(int bufferBytes, WakeUp wakeUp, LongSupplier monotonicNanos) throws IOException {
    try {
      var opened = open();
      socket = Optional.of(opened);
      try (var poller = new Poller(wakeUp, List.of(opened))) {
        opened.growReceiveBuffer(bufferBytes);
        opened.send(TaskstatsDecoder.familyRequest(1));
        if (!(answer(opened, poller, monotonicNanos) instanceof TaskstatsMessage.Family(int id))) {
          throw new MissingException("the kernel has no taskstats (CONFIG_TASKSTATS)");
        }
        family = id;
        opened.send(TaskstatsDecoder.registerRequest(family, 2, cpus));
        if (!(answer(opened, poller, monotonicNanos)
            instanceof TaskstatsMessage.Answer(int _, int error))) {
          throw new MissingException("unexpected answer to the registration");
        }
        if (error != 0) {
          throw new MissingException(refusal(error));
        }
      }
    } catch (MissingException e) {
      giveUp(String.valueOf(e.getMessage()));
    }
  }

  private static NetlinkSocket open() throws MissingException {
    try {
      return NetlinkSocket.open(NetlinkSocket.NETLINK_GENERIC, 0);
    } catch (NativeCallException e) {
      throw new MissingException("generic netlink: " + e.getMessage());
    }
  }

  private TaskstatsMessage answer(NetlinkSocket opened, Poller poller, LongSupplier monotonicNanos)
      throws IOException, MissingException {
    long deadline = monotonicNanos.getAsLong() + ProcConnector.ANSWER_NANOS;
    while (poller.awaitUntil(deadline, monotonicNanos)) {
      if (opened.receive(slots, 0) > 0) {
        return TaskstatsDecoder.decode(slots.view(0), family);
      }
    }
    throw new MissingException("generic netlink does not answer");
  }

  private static String refusal(int error) {
    var errno = Errno.of(error);
    if (errno == Errno.EPERM || errno == Errno.EACCES) {
      return "taskstats need the capability CAP_NET_ADMIN, which is "
          + (holdsNetAdmin() ? "held in a user namespace only, not in the host's" : "missing");
    }
    return errno == Errno.EINVAL
        ? "taskstats are refused outside the host's pid namespace (EINVAL)"
        : "taskstats are refused (errno %d)".formatted(error);
  }

  private static boolean holdsNetAdmin() {
    try {
      return Capability.effective(Files.readString(Proc.ROOT.resolve("self/status")))
          .contains(Capability.CAP_NET_ADMIN);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /// Closes the socket: there will be no records.
  void giveUp(String why) {
    missing = Optional.of(why);
    socket.ifPresent(NetlinkSocket::close);
    socket = Optional.empty();
  }

  /// Why there are no records; empty if there are.
  Optional<String> missing() {
    return missing;
  }

  Optional<NetlinkSocket> socket() {
    return socket;
  }

  int family() {
    return family;
  }

  /// Receives queued records, at most a batch.
  ///
  /// @return how many; [#record] has them until the next call
  int receive(KernelMessages messages) throws IOException {
    var open = socket.orElseThrow();
    int records = 0;
    while (records < BATCH) {
      int received = open.receive(slots, records);
      switch (received) {
        case NetlinkSocket.NOTHING -> {
          if (overrun) {
            overrun = false;
            countDrops(open);
          }
          return records;
        }
        case NetlinkSocket.OVERRUN -> overrun = true;
        case NetlinkSocket.FOREIGN -> messages.onUnreadable();
        default -> {
          if (received > SLOT_BYTES) {
            messages.onUnreadable();
          } else {
            records++;
          }
        }
      }
    }
    return records;
  }

  /// Whether a batch of that size, the last received, was all that was queued.
  static boolean drained(int records) {
    return records < BATCH;
  }

  ByteBuffer record(int index) {
    return slots.view(index);
  }

  /// Records carry a sequence number per CPU, but not the CPU. The socket's own count of drops is
  /// exact.
  private void countDrops(NetlinkSocket open) {
    try {
      int now = open.drops();
      meter.lost(Integer.toUnsignedLong(now - drops));
      drops = now;
    } catch (NativeCallException e) {
      LOG.warn("taskstats records were lost; this kernel (before 4.12) does not report how many");
    }
  }

  /// Unregisters; otherwise the kernel makes records for nobody until it notices.
  void deregister() throws NativeCallException {
    if (socket.isPresent()) {
      socket.get().send(TaskstatsDecoder.deregisterRequest(family, 3, cpus));
    }
  }

  @Override
  public void close() {
    socket.ifPresent(NetlinkSocket::close);
    slots.close();
  }
}
