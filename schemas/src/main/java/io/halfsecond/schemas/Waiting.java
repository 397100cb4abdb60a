package io.halfsecond.schemas;

import java.util.List;
import java.util.Locale;

/// Why a process does not do its work now, though it is worth keeping: it goes on by itself.
///
/// @param text what it waits for and what mends that, on one line and in plain words
public record Waiting(Reason reason, String text) {
  /// For metrics. A reason is never taken away.
  public enum Reason {
    /** Kafka does not answer. */
    BROKER,
    /** Kafka does not accept the login or the certificate, or they are not accepted here. */
    AUTHENTICATION,
    /** Kafka refuses a right. */
    AUTHORIZATION,
    /** A topic is missing. */
    TOPICS,
    /** The schema registry does not answer. */
    SCHEMA_REGISTRY,
    /** The disk of the topology's state cannot be written. */
    STATE_DISK,
    /** The collector's spool cannot be written. */
    SPOOL,
    /** A source of the collector's evidence does not run. */
    SOURCE,
    /** The topology joins its group, or restores its state. */
    JOINING,
    /** Older records come first. */
    CATCHING_UP,
    /** It has failed for another reason and starts again. */
    RESTARTING;

    /// As in metrics: lower case with hyphens.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public static List<String> texts(List<Waiting> waiting) {
    return waiting.stream().map(Waiting::text).toList();
  }
}
