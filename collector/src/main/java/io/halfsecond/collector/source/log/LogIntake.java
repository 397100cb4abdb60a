package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.source.Source.EventSink;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/// The last step of every log source: makes an event of a message of sshd's with its time and pid.
///
/// Messages without meaning are offered too, as [io.halfsecond.collector.event.SshdMessage.Other]:
/// that a monitor logged anything is evidence, because a connection without any line is a sign of
/// wiped logs. Debug lines are dropped: there are hundreds per connection, and lines of higher
/// levels prove the same.
///
/// @param parser gives the meaning of a message
/// @param unknown takes the text of a message that no template fits
record LogIntake(
    SourceMeter meter,
    EventSink sink,
    Function<String, SshdMessage> parser,
    Consumer<String> unknown) {
  LogIntake(SourceMeter meter, EventSink sink) {
    this(meter, sink, _ -> {});
  }

  LogIntake(SourceMeter meter, EventSink sink, Consumer<String> unknown) {
    this(meter, sink, SshdLogParser::parse, unknown);
  }

  /// A line of a log whose times are on the reader's clock.
  void take(long atNanos, int pid, String text) {
    take(atNanos, atNanos, pid, text);
  }

  /// The caller has counted the line as read; its fate is counted here or by the pipeline.
  ///
  /// @param writtenAt the time that the log gives, in nanoseconds of its own clock
  /// @param text the message; log daemons may write blanks before it
  void take(long atNanos, long writtenAt, int pid, String text) {
    var stripped = text.stripLeading();
    if (SshdLogParser.isDebug(stripped)) {
      meter.dropped(Reason.IRRELEVANT);
      return;
    }
    var message = parser.apply(stripped);
    if (message instanceof SshdMessage.Unknown) {
      unknown.accept(stripped);
    }
    if (!sink.offer(new LogEvent(atNanos, pid, message, writtenAt))) {
      meter.dropped(Reason.QUEUE_FULL);
    }
  }

  /// The same for an entry of a journal.
  ///
  /// @param trusted whether the user that logged it can be sshd
  /// @param atNanos when, on the reader's clock; empty if it is not known
  void take(JournalEntry entry, boolean trusted, OptionalLong atNanos) {
    if (entry.pid().isEmpty() || !trusted) {
      meter.dropped(Reason.UNTRUSTED);
    } else if (entry.message().isEmpty() || atNanos.isEmpty()) {
      meter.dropped(Reason.MALFORMED);
    } else {
      take(atNanos.getAsLong(), entry.pid().getAsInt(), entry.message().get());
    }
  }

  /// Counts the messages that journald reports as dropped; the entry itself is not sshd's.
  void suppressed(Suppression suppression) {
    if (suppression.ofSshd()) {
      meter.lost(suppression.count());
    }
    meter.dropped(Reason.UNRELATED);
  }
}
