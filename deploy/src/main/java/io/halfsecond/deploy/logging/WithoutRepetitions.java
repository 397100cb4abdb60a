package io.halfsecond.deploy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;

/// Writes to standard error, without what Kafka's clients repeat several times a second while they
/// cannot reach a broker, or are refused. See [Repetitions].
final class WithoutRepetitions extends AppenderBase<ILoggingEvent> {
  /// Loggers below these repeat themselves.
  private static final List<String> REPEATING =
      List.of("org.apache.kafka.clients.", "org.apache.kafka.common.", "org.apache.kafka.streams.");

  private static final String DELETES =
      "org.apache.kafka.clients.admin.internals.DeleteRecordsHandler";

  private final ConsoleAppender<ILoggingEvent> to;
  private final Repetitions repetitions = new Repetitions();

  WithoutRepetitions(ConsoleAppender<ILoggingEvent> to) {
    this.to = to;
  }

  /// What it writes to.
  ConsoleAppender<ILoggingEvent> to() {
    return to;
  }

  /// Kafka Streams deletes what it has processed, each half minute. That it may not is an error for
  /// each partition, in words of the protocol; RightsWatch names the right.
  private static boolean isToldElsewhere(ILoggingEvent event) {
    return event.getLoggerName().equals(DELETES)
        && event.getFormattedMessage().contains("TOPIC_AUTHORIZATION_FAILED");
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (isToldElsewhere(event)) {
      return;
    }
    long now = event.getTimeStamp();
    for (var untold : repetitions.due(now)) {
      to.doAppend(summary(untold, event));
    }
    boolean repeating = REPEATING.stream().anyMatch(event.getLoggerName()::startsWith);
    if (!repeating || repetitions.isNew(event.getLoggerName(), event.getFormattedMessage(), now)) {
      to.doAppend(event);
    }
  }

  private LoggingEvent summary(Repetitions.Untold untold, ILoggingEvent at) {
    var summary =
        new LoggingEvent(
            getClass().getName(),
            ((LoggerContext) getContext()).getLogger(untold.logger()),
            Level.WARN,
            "{} more lines within a minute like: {}",
            null,
            new Object[] {untold.count(), untold.example()});
    summary.setTimeStamp(at.getTimeStamp());
    return summary;
  }
}
