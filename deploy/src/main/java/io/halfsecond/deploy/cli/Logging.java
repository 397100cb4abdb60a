package io.halfsecond.deploy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/// How much a command's libraries log on stderr.
final class Logging {
  private Logging() {}

  /// For interactive commands: Kafka's clients log every failed connection several times a second,
  /// and the command itself reports the result.
  static void onlyErrorsOfKafka() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
    }
  }
}
