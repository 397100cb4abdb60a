package io.halfsecond.deploy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/// How much a command's libraries log on stderr.
final class Logging {
  private static final List<String> REFUSALS =
      List.of(
          "org.apache.kafka.clients.NetworkClient",
          "org.apache.kafka.clients.admin.internals.AdminMetadataManager");

  private Logging() {}

  /// For interactive commands: Kafka's clients log every failed connection several times a second,
  /// and the command itself reports the result.
  static void onlyErrorsOfKafka() {
    kafka(Level.ERROR);
  }

  /// Undoes [#onlyErrorsOfKafka].
  static void warningsOfKafka() {
    kafka(Level.WARN);
  }

  /// For a command that tries a collector's source and reports the result itself.
  static void onlyWarningsOfCollector() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("io.halfsecond.collector").setLevel(Level.WARN);
    }
  }

  private static void kafka(Level level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("org.apache.kafka").setLevel(level);
      // A refused login is an error of theirs, and the result of the command.
      REFUSALS.forEach(
          name -> context.getLogger(name).setLevel(level == Level.ERROR ? Level.OFF : level));
    }
  }
}
