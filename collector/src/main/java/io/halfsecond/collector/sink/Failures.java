package io.halfsecond.collector.sink;

import io.halfsecond.collector.sink.Sink.Failure;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// What a failure of Kafka's producer means for a record.
final class Failures {
  private Failures() {}

  /// @param untaken whether the producer did not take the record
  static Failure of(Exception cause, boolean untaken) {
    return switch (cause) {
      // Only these are about the record alone. Its companions in the batch get a KafkaException.
      case RecordTooLargeException _ -> Failure.REJECTED;
      case InvalidTimestampException _ -> Failure.REJECTED;
      case InvalidRecordException _ -> Failure.REJECTED;
      case SerializationException _ -> Failure.REJECTED;
      // The producer asks for its id as fast as the broker answers: it must not go on.
      case ClusterAuthorizationException _ -> Failure.LOST;
      case AuthorizationException _ -> Failure.REFUSED;
      case UnknownTopicOrPartitionException _ -> Failure.REFUSED;
      case InvalidTopicException _ -> Failure.REFUSED;
      case AuthenticationException _ -> Failure.LOST;
      case TimeoutException _ -> untaken ? Failure.BUSY : Failure.LOST;
      default -> Failure.LOST;
    };
  }
}
