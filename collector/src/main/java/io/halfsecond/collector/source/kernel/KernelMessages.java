package io.halfsecond.collector.source.kernel;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns the datagrams of both sockets into events of the process tree, and notices what was lost.
///
/// **Guarantees** every message is counted. No object is made for a message about other programs.
/// Makes no native call; confined to one thread.
final class KernelMessages {
  private static final Logger LOG = LoggerFactory.getLogger(KernelMessages.class);

  private final ProcessTree tree;
  private final EventOutput output;
  private final SourceMeter meter;
  private final StartCheck start;
  private final LongSupplier monotonicNanos;
  private final SeqGapCounter gaps = new SeqGapCounter();
  private long lastEventNanos;

  /// When an overflow began that no sequence gap has shown yet; 0 if there is none.
  private long overflowSinceNanos;

  private boolean lost;
  private boolean concerned;

  KernelMessages(
      ProcessTree tree,
      EventOutput output,
      SourceMeter meter,
      StartCheck start,
      LongSupplier monotonicNanos) {
    this.tree = tree;
    this.output = output;
    this.meter = meter;
    this.start = start;
    this.monotonicNanos = monotonicNanos;
  }

  /// Takes a datagram of the proc connector.
  void onEvents(ByteBuffer datagram) {
    int at = 0;
    do {
      meter.read();
      if (!ProcConnectorDecoder.check(datagram, at).isEmpty()) {
        meter.dropped(Reason.MALFORMED);
        return;
      }
      onEvent(datagram, at);
      at = ProcConnectorDecoder.next(datagram, at);
    } while (at < datagram.limit());
  }

  private void onEvent(ByteBuffer datagram, int at) {
    int what = ProcConnectorDecoder.what(datagram, at);
    long time = ProcConnectorDecoder.atNanos(datagram, at);
    countGap(datagram, at, time);
    lastEventNanos = time;
    int tgid = ProcConnectorDecoder.tgid(datagram, at);
    int childTgid = ProcConnectorDecoder.childTgid(datagram, at);
    if (what == ProcConnectorDecoder.WHAT_NONE || start.hasChild()) {
      start.onEvent(datagram, at, what, tgid, childTgid);
    }
    if (tree.concerns(what, tgid, childTgid)) {
      concerned |= tree.hurries(tgid);
      output.message(events -> tree.apply(ProcConnectorDecoder.decode(datagram, at), events));
    } else {
      meter.dropped(Reason.UNRELATED);
    }
  }

  private void countGap(ByteBuffer datagram, int at, long time) {
    long count =
        gaps.observe(
            ProcConnectorDecoder.cpu(datagram, at),
            ProcConnectorDecoder.sequence(datagram, at),
            time);
    if (count > 0) {
      meter.lost(count);
      overflowSinceNanos = 0;
      lost = true;
      output.announce(new KernelEvent.Lost(time, gaps.previousNanos(), count));
    }
  }

  /// The connector's socket had no room. What is still queued was sent before the loss, so the gap
  /// shows after it, or not at all.
  void onOverflow() {
    overflowSinceNanos = Math.max(1, lastEventNanos);
    lost = true;
  }

  /// Takes a taskstats record.
  void onRecord(ByteBuffer record, int family) {
    meter.read();
    int process = TaskstatsDecoder.process(record, family);
    if (process != -1 && !start.isChild(process) && !tree.accounts(process)) {
      meter.dropped(Reason.UNRELATED);
      return;
    }
    switch (TaskstatsDecoder.decode(record, family)) {
      case TaskstatsMessage.TaskExit exit -> {
        start.onRecord(exit);
        output.message(events -> tree.account(exit, monotonicNanos.getAsLong(), events));
      }
      case TaskstatsMessage.Malformed(String reason) -> {
        LOG.debug("taskstats: {}", reason);
        meter.dropped(Reason.MALFORMED);
      }
      case TaskstatsMessage.Family _, TaskstatsMessage.Answer _, TaskstatsMessage.Other _ ->
          meter.dropped(Reason.UNRELATED);
    }
  }

  /// Takes a datagram that is cut, or that another process sent.
  void onUnreadable() {
    meter.read();
    meter.dropped(Reason.MALFORMED);
  }

  /// Reports that both sockets have been read until then.
  void readUntil(long nanos) {
    output.offeredUntil(nanos);
  }

  /// Repeats the listeners if the sink refused events meanwhile: they may have been among them.
  void repeatListeners() {
    if (output.takeResumed()) {
      tree.announceListeners(monotonicNanos.getAsLong(), output::announce);
    }
  }

  /// Makes the tree agree with the processes in /proc, see [ProcessTree#reconcile].
  void onScanned(List<ProcFs.Running> processes, long scanned, long bootOffsetNanos) {
    tree.reconcile(processes, scanned, bootOffsetNanos, output::announce);
  }

  /// Whether an event concerned the tree since the last call, and is not only to be counted.
  boolean takeConcerned() {
    boolean taken = concerned;
    concerned = false;
    return taken;
  }

  /// Whether events were lost since the last call. To be called when the connector's queue is
  /// empty: the loss is then in the past, and /proc shows its result.
  boolean takeLost() {
    boolean taken = lost;
    lost = false;
    if (overflowSinceNanos != 0) {
      output.announce(new KernelEvent.Lost(monotonicNanos.getAsLong(), overflowSinceNanos, 0));
      overflowSinceNanos = 0;
    }
    return taken;
  }
}
