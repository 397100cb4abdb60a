package io.halfsecond.deploy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/// How much a command's libraries say on stderr.
final class Logging {
  private Logging() {}

  /// For commands that a person waits for: Kafka's clients repeat every failed connection several
  /// times a second, and the command itself says what came of it.
  static void onlyErrorsOfKafka() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
    }
  }
}
