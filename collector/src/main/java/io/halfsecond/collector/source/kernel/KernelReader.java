package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.linux.Capability;
import io.halfsecond.collector.linux.Errno;
import io.halfsecond.collector.linux.NativeCallException;
import io.halfsecond.collector.linux.NetlinkSocket;
import io.halfsecond.collector.linux.Poller;
import io.halfsecond.collector.linux.ReceiveSlots;
import io.halfsecond.collector.linux.WakeUp;
import io.halfsecond.collector.source.Source;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Condition;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.collector.source.SourceUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kernel source's thread: one for both sockets, so that a taskstats record is always looked at
/// after every process event that was queued before it, above all the fork of the process that it
/// is about.
///
/// It opens, tests, reads and closes everything native itself; other threads only signal its
/// [WakeUp].
final class KernelReader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KernelReader.class);

  private static final Path POSSIBLE_CPUS = Path.of("/sys/devices/system/cpu/possible");

  /// include/linux/connector.h: the multicast group of the proc connector is number CN_IDX_PROC.
  private static final int PROC_GROUP = 1;

  /// The kernel answers within microseconds; the time is for a machine that has no CPU left for the
  /// collector.
  private static final long ANSWER_NANOS = 2_000_000_000L;

  private static final long SELF_TEST_NANOS = 5_000_000_000L;

  /// A record of a process with several threads holds two of 560 bytes (version 16).
  private static final int SLOT_BYTES = 2048;

  private static final int BATCH = 32;
  private static final int CONNECTOR_SLOT = BATCH;

  /// More than a buffer of 8 MiB holds, so that one drain passes all that was queued when it began,
  /// and still ends while the kernel keeps sending faster than it is read.
  private static final int DRAIN = 32_768;

  private static final int CONNECTOR = 0;
  private static final int TASKSTATS = 1;

  private final KernelSettings settings;
  private final LongSupplier monotonicNanos;
  private final SourceMeter meter;
  private final Source.Sink sink;
  private final WakeUp wakeUp;
  private final CompletableFuture<Void> started;

  private final SeqGapCounter gaps = new SeqGapCounter();
  private int family = -1;
  private int emitted;
  private long lastEventNanos;

  /// Since when events were lost whose number no gap has shown yet; 0 if there are none.
  private long overrunSinceNanos;

  private boolean rescan;

  /// Since when the sink refused events of the tree; 0 if it took the last one.
  private long refusedSinceNanos;

  /// The sink takes events again; those that it refused may have told of listeners.
  private boolean relist;

  private boolean taskstatsOverrun;
  private int taskstatsDrops;

  /// What the start waits for.
  private int awaitedAck;

  private @Nullable ProcMessage ack;
  private int childPid = -1;
  private boolean childForked;
  private boolean childExited;
  private Optional<TaskstatsMessage.Ended> childRecord = Optional.empty();

  KernelReader(
      KernelSettings settings,
      LongSupplier monotonicNanos,
      SourceMeter meter,
      Source.Sink sink,
      WakeUp wakeUp,
      CompletableFuture<Void> started) {
    this.settings = settings;
    this.monotonicNanos = monotonicNanos;
    this.meter = meter;
    this.sink = sink;
    this.wakeUp = wakeUp;
    this.started = started;
  }

  @Override
  public void run() {
    try (var slots = new ReceiveSlots(BATCH + 1, SLOT_BYTES);
        var proc = new ProcFs(settings.proc(), settings.listenerNames());
        var connector = openConnector()) {
      read(slots, proc, connector);
    } catch (SourceUnavailableException e) {
      unavailable(e);
    } catch (IOException | UncheckedIOException e) {
      unavailable(new SourceUnavailableException("process events: " + e.getMessage(), e));
    } catch (RuntimeException | Error e) {
      unavailable(new SourceUnavailableException("process events: " + e, e));
      LOG.error("kernel source ended", e);
    }
  }

  private void unavailable(SourceUnavailableException e) {
    meter.become(Condition.UNAVAILABLE, String.valueOf(e.getMessage()));
    if (!started.completeExceptionally(e)) {
      LOG.error("kernel source ended: {}", e.getMessage());
    }
  }

  private NetlinkSocket openConnector() throws SourceUnavailableException {
    try {
      return NetlinkSocket.open(NetlinkSocket.NETLINK_CONNECTOR, PROC_GROUP);
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

  private void read(ReceiveSlots slots, ProcFs proc, NetlinkSocket connector)
      throws IOException, SourceUnavailableException {
    var tree =
        new ProcessTree(proc, settings.listenerNames(), settings.commandLine(), monotonicNanos);
    int connectorBuffer = connector.growReceiveBuffer(settings.receiveBufferBytes());
    listen(slots, tree, connector);

    var missing = "";
    var detail = "";
    Optional<NetlinkSocket> taskstats = Optional.empty();
    try {
      var cpus = Files.readString(POSSIBLE_CPUS).strip();
      try {
        taskstats = Optional.of(registerTaskstats(slots, cpus));
      } catch (TaskstatsMissingException e) {
        missing = String.valueOf(e.getMessage());
      }
      selfTest(slots, tree, connector, taskstats);
      if (taskstats.isPresent()) {
        missing = whatTheRecordLacks();
        if (!missing.isEmpty()) {
          taskstats.get().close();
          taskstats = Optional.empty();
        }
      }
      reconcile(slots, proc, tree, connector);
      detail =
          "process events, receive buffer %d KiB, %d listener(s)"
              .formatted(connectorBuffer / 1024, tree.listeners());
      if (taskstats.isPresent()) {
        meter.become(
            Condition.RUNNING,
            "%s; taskstats version %d of CPUs %s"
                .formatted(
                    detail, childRecord.map(TaskstatsMessage.Ended::version).orElse(0), cpus));
      } else {
        meter.become(
            Condition.DEGRADED, "%s; no CPU totals at exit: %s".formatted(detail, missing));
      }
      LOG.info("kernel source: {}", meter.state().detail());
      started.complete(null);
      loop(slots, proc, tree, connector, taskstats);
      quitListening(connector, taskstats, cpus);
    } finally {
      taskstats.ifPresent(NetlinkSocket::close);
    }
  }

  /// Asks for process events and demands the acknowledgement: from another pid or user namespace
  /// the kernel ignores the request without a word.
  private void listen(ReceiveSlots slots, ProcessTree tree, NetlinkSocket connector)
      throws IOException, SourceUnavailableException {
    awaitedAck = (int) ProcessHandle.current().pid() ^ (int) monotonicNanos.getAsLong();
    try {
      connector.send(ProcConnectorDecoder.listenRequest(connector.port(), awaitedAck));
    } catch (NativeCallException e) {
      if (e.errno() == Errno.ECONNREFUSED) {
        throw new SourceUnavailableException(
            "process events exist only in the host's network namespace:"
                + " run without PrivateNetwork, in a container with the host's network",
            e);
      }
      throw e;
    }
    try (var poller = new Poller(wakeUp, List.of(connector))) {
      long deadline = monotonicNanos.getAsLong() + ANSWER_NANOS;
      while (ack == null && waitUntil(poller, deadline)) {
        drainConnector(slots, tree, connector);
      }
    }
    switch (ack) {
      case ProcMessage.Ack(int _, int error) when error != 0 ->
          throw new SourceUnavailableException(
              "the kernel refused process events (%s): the capability CAP_NET_ADMIN is missing"
                  .formatted(Errno.of(error)));
      case null ->
          throw new SourceUnavailableException(
              ("the kernel ignored the request for process events: %s;"
                      + " otherwise it lacks them (CONFIG_PROC_EVENTS)")
                  .formatted(namespaceAdvice()));
      case ProcMessage.Ack _,
          ProcMessage.Fork _,
          ProcMessage.Exec _,
          ProcMessage.Uid _,
          ProcMessage.Sid _,
          ProcMessage.Exit _,
          ProcMessage.Other _,
          ProcMessage.Malformed _ -> {}
    }
  }

  private static String namespaceAdvice() {
    try {
      // user_namespaces(7): the initial namespace maps every id to itself.
      var map = Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+", -1);
      if (map.length != 3 || !map[2].equals("4294967295")) {
        return "the collector is in a user namespace of its own and must be in the host's (no"
            + " PrivateUsers)";
      }
    } catch (IOException unreadable) {
      LOG.debug("uid_map not readable", unreadable);
    }
    return "the collector must be in the host's pid namespace (no PrivatePIDs, in a container"
        + " hostPID)";
  }

  /// Why taskstats will not do here.
  private static final class TaskstatsMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    TaskstatsMissingException(String message) {
      super(message);
    }
  }

  private NetlinkSocket registerTaskstats(ReceiveSlots slots, String cpus)
      throws TaskstatsMissingException, IOException {
    NetlinkSocket socket;
    try {
      socket = NetlinkSocket.open(NetlinkSocket.NETLINK_GENERIC, 0);
    } catch (NativeCallException e) {
      throw new TaskstatsMissingException("generic netlink: " + e.getMessage());
    }
    boolean registered = false;
    try (var poller = new Poller(wakeUp, List.of(socket))) {
      socket.growReceiveBuffer(settings.receiveBufferBytes());
      socket.send(TaskstatsDecoder.familyRequest(1));
      family =
          switch (answer(slots, socket, poller)) {
            case TaskstatsMessage.Family(int id) -> id;
            case TaskstatsMessage.Answer _,
                TaskstatsMessage.Ended _,
                TaskstatsMessage.Other _,
                TaskstatsMessage.Malformed _ ->
                throw new TaskstatsMissingException(
                    "the kernel has no taskstats (CONFIG_TASKSTATS)");
          };
      socket.send(TaskstatsDecoder.registerRequest(family, 2, cpus));
      switch (answer(slots, socket, poller)) {
        case TaskstatsMessage.Answer(int _, int error) when error == 0 -> {}
        case TaskstatsMessage.Answer(int _, int error) ->
            throw new TaskstatsMissingException(refusal(error));
        case TaskstatsMessage.Family _,
            TaskstatsMessage.Ended _,
            TaskstatsMessage.Other _,
            TaskstatsMessage.Malformed _ ->
            throw new TaskstatsMissingException("unexpected answer to the registration");
      }
      registered = true;
      return socket;
    } finally {
      if (!registered) {
        socket.close();
      }
    }
  }

  private static String refusal(int error) {
    return switch (Errno.of(error)) {
      case EPERM, EACCES ->
          "taskstats need the capability CAP_NET_ADMIN, which is "
              + (holdsNetAdmin() ? "held in a user namespace only, not in the host's" : "missing");
      case EINVAL -> "taskstats are refused outside the host's pid namespace (EINVAL)";
      case ENOENT,
          ESRCH,
          EINTR,
          EAGAIN,
          EMFILE,
          EPROTONOSUPPORT,
          EAFNOSUPPORT,
          ENOBUFS,
          ECONNREFUSED,
          OTHER ->
          "taskstats are refused (errno %d)".formatted(error);
    };
  }

  private static boolean holdsNetAdmin() {
    try {
      return Capability.effective(Files.readString(Path.of("/proc/self/status")))
          .contains(Capability.CAP_NET_ADMIN);
    } catch (IOException unreadable) {
      return false;
    }
  }

  private TaskstatsMessage answer(ReceiveSlots slots, NetlinkSocket socket, Poller poller)
      throws IOException, TaskstatsMissingException {
    long deadline = monotonicNanos.getAsLong() + ANSWER_NANOS;
    while (waitUntil(poller, deadline)) {
      if (socket.receive(slots, 0) > 0) {
        return TaskstatsDecoder.decode(slots.view(0), family);
      }
    }
    throw new TaskstatsMissingException("generic netlink does not answer");
  }

  /// Waits for something to read; false once the time is up or the source is being closed.
  private boolean waitUntil(Poller poller, long deadlineNanos) throws IOException {
    long left = deadlineNanos - monotonicNanos.getAsLong();
    return left > 0 && poller.await((int) (left / 1_000_000) + 1);
  }

  /// Forks a child and demands to see it: an acknowledgement alone proves nothing in a foreign
  /// namespace.
  private void selfTest(
      ReceiveSlots slots,
      ProcessTree tree,
      NetlinkSocket connector,
      Optional<NetlinkSocket> taskstats)
      throws IOException, SourceUnavailableException {
    // It sleeps because the kernel adds up a process's CPU time when that leaves the CPU or at a
    // tick, and not at its
    // exit: a child that only exits is often accounted 0.
    childPid =
        (int)
            new ProcessBuilder("sleep", "0.01")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .pid();
    var sockets = new ArrayList<>(List.of(connector));
    taskstats.ifPresent(sockets::add);
    try (var poller = new Poller(wakeUp, sockets)) {
      long deadline = monotonicNanos.getAsLong() + SELF_TEST_NANOS;
      while (!(childForked && childExited && (taskstats.isEmpty() || childRecord.isPresent()))
          && waitUntil(poller, deadline)) {
        readBoth(slots, tree, connector, taskstats, poller);
      }
    }
    if (!childForked || !childExited) {
      throw new SourceUnavailableException(
          "self-test: the kernel granted process events, but %s of a child of the collector was not seen: %s"
              .formatted(childForked ? "the exit" : "the fork", namespaceAdvice()));
    }
    childPid = -1;
  }

  private String whatTheRecordLacks() {
    if (childRecord.isEmpty()) {
      return "self-test: taskstats were granted, but no record of a child of the collector came:"
          + " the collector must be in the host's network namespace (no PrivateNetwork), and"
          + " the kernel's taskstats be of version 8 or later";
    }
    return childRecord.get().usage().cpuNanos() > 0
        ? ""
        : "taskstats carry no CPU time: this kernel (before 5.14) was booted with nodelayacct";
  }

  private void loop(
      ReceiveSlots slots,
      ProcFs proc,
      ProcessTree tree,
      NetlinkSocket connector,
      Optional<NetlinkSocket> taskstats)
      throws IOException {
    var sockets = new ArrayList<>(List.of(connector));
    taskstats.ifPresent(sockets::add);
    try (var poller = new Poller(wakeUp, sockets)) {
      while (poller.await(-1)) {
        if (readBoth(slots, tree, connector, taskstats, poller)) {
          afterDrain(slots, proc, tree, connector);
        }
      }
    }
  }

  /// Takes records first, events second, and then looks at the records.
  ///
  /// @return whether the connector's queue was read to its end
  private boolean readBoth(
      ReceiveSlots slots,
      ProcessTree tree,
      NetlinkSocket connector,
      Optional<NetlinkSocket> taskstats,
      Poller poller)
      throws IOException {
    int records =
        taskstats.isPresent() && poller.ready(TASKSTATS)
            ? receiveRecords(slots, taskstats.get())
            : 0;
    boolean drained =
        (records > 0 || poller.ready(CONNECTOR)) && drainConnector(slots, tree, connector);
    for (int slot = 0; slot < records; slot++) {
      account(slots.view(slot), tree);
    }
    if (relist) {
      relist = false;
      tree.announceListeners(monotonicNanos.getAsLong(), this::announce);
    }
    return drained;
  }

  private int receiveRecords(ReceiveSlots slots, NetlinkSocket taskstats) throws IOException {
    int records = 0;
    while (records < BATCH) {
      int received = taskstats.receive(slots, records);
      switch (received) {
        case NetlinkSocket.NOTHING -> {
          if (taskstatsOverrun) {
            taskstatsOverrun = false;
            countTaskstatsDrops(taskstats);
          }
          return records;
        }
        case NetlinkSocket.OVERRUN -> taskstatsOverrun = true;
        case NetlinkSocket.FOREIGN -> malformed();
        default -> {
          if (received > SLOT_BYTES) {
            malformed();
          } else {
            records++;
          }
        }
      }
    }
    return records;
  }

  /// Records carry a sequence per CPU as events do, but not the CPU: the socket's own count of
  /// drops is exact.
  private void countTaskstatsDrops(NetlinkSocket taskstats) {
    try {
      int drops = taskstats.drops();
      meter.lost(Integer.toUnsignedLong(drops - taskstatsDrops));
      taskstatsDrops = drops;
    } catch (NativeCallException e) {
      LOG.warn("taskstats records were lost; this kernel (before 4.12) does not tell how many");
    }
  }

  private void account(ByteBuffer record, ProcessTree tree) {
    meter.read();
    int process = TaskstatsDecoder.process(record, family);
    if (process != -1 && process != childPid && !tree.tracks(process)) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    switch (TaskstatsDecoder.decode(record, family)) {
      case TaskstatsMessage.Ended ended -> {
        if (ended.pid() == childPid) {
          childRecord = Optional.of(ended);
        }
        emitted = 0;
        tree.account(ended, monotonicNanos.getAsLong(), this::emit);
        unrelatedIfNothingEmitted();
      }
      case TaskstatsMessage.Malformed(String reason) -> {
        LOG.debug("taskstats: {}", reason);
        meter.dropped(Reason.MALFORMED);
      }
      case TaskstatsMessage.Family _, TaskstatsMessage.Answer _, TaskstatsMessage.Other _ ->
          meter.dropped(Reason.UNRELATED);
    }
  }

  /// @return whether the queue was read to its end
  private boolean drainConnector(ReceiveSlots slots, ProcessTree tree, NetlinkSocket connector)
      throws IOException {
    for (int i = 0; i < DRAIN; i++) {
      int received = connector.receive(slots, CONNECTOR_SLOT);
      switch (received) {
        case NetlinkSocket.NOTHING -> {
          return true;
        }
        case NetlinkSocket.OVERRUN -> {
          // What is still queued came before the loss: the gap shows behind it, or nothing does.
          overrunSinceNanos = Math.max(1, lastEventNanos);
          rescan = true;
        }
        case NetlinkSocket.FOREIGN -> malformed();
        default -> events(slots.view(CONNECTOR_SLOT), tree);
      }
    }
    return false;
  }

  private void events(ByteBuffer datagram, ProcessTree tree) {
    int at = 0;
    do {
      meter.read();
      if (!ProcConnectorDecoder.check(datagram, at).isEmpty()) {
        meter.dropped(Reason.MALFORMED);
        return;
      }
      event(datagram, at, tree);
      at = ProcConnectorDecoder.next(datagram, at);
    } while (at < datagram.limit());
  }

  private void event(ByteBuffer datagram, int at, ProcessTree tree) {
    int what = ProcConnectorDecoder.what(datagram, at);
    long time = ProcConnectorDecoder.atNanos(datagram, at);
    countLoss(datagram, at, time);
    lastEventNanos = time;
    int tgid = ProcConnectorDecoder.tgid(datagram, at);
    int childTgid = ProcConnectorDecoder.childTgid(datagram, at);
    if (what == ProcConnectorDecoder.WHAT_NONE || childPid != -1) {
      watchStart(datagram, at, what, tgid, childTgid);
    }
    if (!tree.concerns(what, tgid, childTgid)) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    emitted = 0;
    tree.apply(ProcConnectorDecoder.decode(datagram, at), this::emit);
    unrelatedIfNothingEmitted();
  }

  private void countLoss(ByteBuffer datagram, int at, long time) {
    long lost =
        gaps.observe(
            ProcConnectorDecoder.cpu(datagram, at),
            ProcConnectorDecoder.sequence(datagram, at),
            time);
    if (lost > 0) {
      meter.lost(lost);
      overrunSinceNanos = 0;
      rescan = true;
      announce(new KernelEvent.Lost(time, gaps.previousNanos(), lost));
    }
  }

  private void watchStart(ByteBuffer datagram, int at, int what, int tgid, int childTgid) {
    switch (what) {
      case ProcConnectorDecoder.WHAT_NONE -> {
        // Acknowledgements go to every listener on the host.
        if (ProcConnectorDecoder.decode(datagram, at) instanceof ProcMessage.Ack answer
            && answer.acknowledges() == awaitedAck + 1) {
          ack = answer;
        }
      }
      case ProcConnectorDecoder.WHAT_FORK -> childForked |= childTgid == childPid;
      case ProcConnectorDecoder.WHAT_EXIT -> childExited |= tgid == childPid;
      default -> {}
    }
  }

  /// The queue is empty, so whatever was lost happened before now, and /proc shows its outcome.
  private void afterDrain(
      ReceiveSlots slots, ProcFs proc, ProcessTree tree, NetlinkSocket connector)
      throws IOException {
    if (!rescan) {
      return;
    }
    rescan = false;
    if (overrunSinceNanos != 0) {
      announce(new KernelEvent.Lost(monotonicNanos.getAsLong(), overrunSinceNanos, 0));
      overrunSinceNanos = 0;
    }
    reconcile(slots, proc, tree, connector);
  }

  private void reconcile(ReceiveSlots slots, ProcFs proc, ProcessTree tree, NetlinkSocket connector)
      throws IOException {
    long scanned = monotonicNanos.getAsLong();
    long bootOffset = proc.uptimeNanos().orElse(scanned) - scanned;
    var processes = proc.processes();
    // Listing takes milliseconds: a process that ended meanwhile is missing from the list, but not
    // lost.
    drainConnector(slots, tree, connector);
    tree.reconcile(processes, scanned, bootOffset, this::announce);
  }

  private void emit(KernelEvent event) {
    // A message that tells of several things counts as that many read, so that the meter's sum
    // holds.
    if (emitted++ > 0) {
      meter.read();
    }
    offer(event);
  }

  /// Gives out an event that no single message stands for.
  private void announce(KernelEvent event) {
    meter.read();
    offer(event);
  }

  private void offer(KernelEvent event) {
    if (refusedSinceNanos != 0
        && sink.offer(new KernelEvent.Lost(event.atNanos(), refusedSinceNanos, 0))) {
      refusedSinceNanos = 0;
      relist = true;
      meter.read();
    }
    if (!sink.offer(event)) {
      meter.dropped(Reason.QUEUE_FULL);
      if (refusedSinceNanos == 0) {
        refusedSinceNanos = event.atNanos();
      }
    }
  }

  private void unrelatedIfNothingEmitted() {
    if (emitted == 0) {
      meter.dropped(Reason.UNRELATED);
    }
  }

  private void malformed() {
    meter.read();
    meter.dropped(Reason.MALFORMED);
  }

  /// Without these the kernel keeps making messages for no one until it notices.
  private void quitListening(
      NetlinkSocket connector, Optional<NetlinkSocket> taskstats, String cpus) {
    try {
      connector.send(ProcConnectorDecoder.ignoreRequest(connector.port(), awaitedAck));
      if (taskstats.isPresent()) {
        taskstats.get().send(TaskstatsDecoder.deregisterRequest(family, 3, cpus));
      }
    } catch (NativeCallException e) {
      LOG.debug("not signed off", e);
    }
  }
}
