package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.source.Source.Sink;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import java.util.OptionalLong;

/// The last step of every log source: sshd's message, with its time and pid known, becomes an
/// event.
///
/// Messages that say nothing are offered too, as [io.halfsecond.collector.event.SshdMessage.Other]:
/// that a monitor logged at all is evidence, because a connection without any line is what wiping
/// logs looks like. Debug lines are not: there are hundreds per connection, and the lines at higher
/// levels prove the same.
record LogIntake(SourceMeter meter, Sink sink) {
  /// The caller has counted the line as read; its fate is counted here or by the pipeline.
  void take(long atNanos, int pid, String text) {
    if (SshdLogParser.isDebug(text)) {
      meter.dropped(Reason.IRRELEVANT);
    } else if (!sink.offer(new LogEvent(atNanos, pid, SshdLogParser.parse(text)))) {
      meter.dropped(Reason.QUEUE_FULL);
    }
  }

  /// As above, for an entry of a journal.
  ///
  /// @param trusted whether the user that logged it may speak for sshd
  /// @param atNanos when, by the reader's clock; empty if that cannot be said
  void take(JournalEntry entry, boolean trusted, OptionalLong atNanos) {
    if (entry.pid().isEmpty() || !trusted) {
      meter.dropped(Reason.UNTRUSTED);
    } else if (entry.message().isEmpty() || atNanos.isEmpty()) {
      meter.dropped(Reason.MALFORMED);
    } else {
      take(atNanos.getAsLong(), entry.pid().getAsInt(), entry.message().get());
    }
  }

  /// Counts what journald says it lost; the entry itself is no line of sshd's.
  void suppressed(Suppression suppression) {
    if (suppression.ofSshd()) {
      meter.lost(suppression.count());
    }
    meter.dropped(Reason.UNRELATED);
  }
}
