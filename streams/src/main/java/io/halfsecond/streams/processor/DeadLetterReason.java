package io.halfsecond.streams.processor;

import io.halfsecond.schemas.UnknownSchemaException;
import io.halfsecond.schemas.UnknownVersionException;
import io.halfsecond.streams.telemetry.InsaneRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.rocksdb.RocksDBException;

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
  INSANE,
  /** It could not be handled: a defect of this program. */
  FAILED,
  /** The process has died twice while it handled the record. */
  FATAL;

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

  /// @return empty if the record is not to blame: Kafka, a disk, or a state of another version
  static Optional<DeadLetterReason> of(Throwable exception) {
    if (exception instanceof InsaneRecordException insane) {
      return Optional.of(
          switch (insane.kind()) {
            case NO_VALUE -> NO_VALUE;
            case KEY -> WRONG_KEY;
            case TIME -> WRONG_TIME;
            case ORIGIN -> NOT_AUTHENTIC;
            case HOST -> TOO_MANY_HOSTS;
            case FATAL -> FATAL;
            case VALUE -> INSANE;
          });
    }
    for (var cause = exception; cause != null; cause = cause.getCause()) {
      if (isOfSurroundings(cause)) {
        return Optional.empty();
      }
    }
    return Optional.of(FAILED);
  }

  private static boolean isOfSurroundings(Throwable cause) {
    return switch (cause) {
      case UnknownSchemaException _,
          UnknownVersionException _,
          IOException _,
          UncheckedIOException _,
          RocksDBException _ ->
          true;
      case SerializationException _ -> false;
      case KafkaException _ -> true;
      default -> false;
    };
  }
}
