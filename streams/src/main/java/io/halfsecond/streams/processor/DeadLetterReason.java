package io.halfsecond.streams.processor;

import io.halfsecond.schemas.UnknownSchemaException;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import java.util.Locale;
import java.util.Optional;

/// Why a record became a dead letter.
enum DeadLetterReason {
  /** The bytes are not a record of the topic. */
  UNREADABLE,
  /** The record was written with a schema that is not known, perhaps by a newer collector. */
  UNKNOWN_SCHEMA,
  /** There is no value. */
  NO_VALUE,
  /** The key is not that of the value. */
  WRONG_KEY,
  /** The event time is out of bounds: the clock of a host is wrong. */
  WRONG_TIME,
  /** It is not from who it says it is from. */
  NOT_AUTHENTIC,
  /** It is of a host that is not known, and the limit of hosts is reached. */
  TOO_MANY_HOSTS,
  /** Another field cannot be true. */
  INSANE;

  /// As in metrics and headers: lower case with hyphens.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static DeadLetterReason ofUnreadable(Throwable exception) {
    for (var cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownSchemaException) {
        return UNKNOWN_SCHEMA;
      }
    }
    return UNREADABLE;
  }

  /// @return empty for any other exception of a processor: a defect, or a broken disk
  static Optional<DeadLetterReason> of(Throwable exception) {
    if (!(exception instanceof InsaneRecordException insane)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (insane.kind()) {
          case NO_VALUE -> NO_VALUE;
          case KEY -> WRONG_KEY;
          case TIME -> WRONG_TIME;
          case ORIGIN -> NOT_AUTHENTIC;
          case HOST -> TOO_MANY_HOSTS;
          case VALUE -> INSANE;
        });
  }
}
